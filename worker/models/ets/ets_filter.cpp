#include "worker/models/ets/ets_filter.hpp"

#include "worker/models/ets/ets_machine.hpp"

#include <algorithm>

namespace trainyard::models {

EtsFiltered ets_filter(std::span<const double> y, const EtsForm& form,
                       const EtsSmoothing& smoothing, const EtsState& initial) {
  EtsFiltered result{.state = initial};
  auto& state = result.state;
  with_ets_form(form, [&]<EtsError E, EtsTrend T, EtsSeason S>() {
    EtsMachine<E, T, S> machine{smoothing, state.level, state.growth, state.season.data()};
    const std::size_t m = std::max<std::size_t>(1, state.season.size());
    EtsStep step{};
    for (const double value : y) {
      const double level = machine.level;
      if (!machine.advance(value, result.path.size() % m, step)) break;
      result.path.push_back({.level = level,
                             .underlying = step.underlying,
                             .season = step.season,
                             .forecast = step.forecast});
    }
    state.level = machine.level;
    state.growth = machine.growth;
    std::ranges::rotate(state.season,
                        state.season.begin() + static_cast<std::ptrdiff_t>(result.path.size() % m));
  });
  return result;
}

}  // namespace trainyard::models

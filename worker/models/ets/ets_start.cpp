#include "worker/models/ets/ets_start.hpp"

#include "worker/models/numeric/seasonality.hpp"

#include <algorithm>

namespace trainyard::models {

EtsState ets_start(std::span<const double> y, const EtsForm& form, int season_length) {
  const bool multiplicative = form.season == EtsSeason::multiplicative;
  EtsState state;
  if (form.has_season())
    state.season = seasonal_indices(
        y, season_length, multiplicative ? Composition::multiplicative : Composition::additive);

  const std::size_t n =
      std::min<std::size_t>(y.size(), std::max(10, form.has_season() ? 2 * season_length : 2));
  double sum = 0.0;
  double tilted = 0.0;  // Σ (t − mean t)·value, t = 1…n
  const double middle = (static_cast<double>(n) + 1.0) / 2.0;
  for (std::size_t t = 0; t < n; ++t) {
    double value = y[t];
    if (form.has_season()) {
      const double index = state.season[t % state.season.size()];
      value = multiplicative ? value / std::max(index, 1e-3) : value - index;
    }
    sum += value;
    tilted += (static_cast<double>(t + 1) - middle) * value;
  }
  const auto count = static_cast<double>(n);
  state.level = sum / count;
  if (!form.has_trend()) return state;
  state.growth = 12.0 * tilted / (count * (count * count - 1.0));
  state.level -= middle * state.growth;
  if (!multiplies(form.trend)) return state;

  // The ratio of the line's first two points; of the first two values when the line is not
  // positive.
  const double first = state.level + state.growth;
  const double second = first + state.growth;
  constexpr double small = 1e-3;  // of the scaled series
  state.growth = first > small && second > small ? second / first
                                                 : std::max(y[1], small) / std::max(y[0], small);
  state.growth = std::clamp(state.growth, 0.5, 2.0);
  state.level = std::max(first, small) / state.growth;
  return state;
}

}  // namespace trainyard::models

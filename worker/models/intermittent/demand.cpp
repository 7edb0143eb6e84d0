#include "worker/models/intermittent/demand.hpp"

#include "worker/models/numeric/scalar_minimum.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trainyard::models {

double demand_probability(const DemandParameters& parameters, const DemandState& state) {
  if (parameters.kind == DemandKind::tsb) return state.probability;
  if (!(state.interval > 0.0)) return 0.0;
  const double bias = parameters.kind == DemandKind::sba ? 1.0 - 0.5 * parameters.beta : 1.0;
  return bias / state.interval;
}

double demand_rate(const DemandParameters& parameters, const DemandState& state) {
  return demand_probability(parameters, state) * state.size;
}

Result<void> check_demand(std::span<const double> values, std::string_view model) {
  const auto bad = std::ranges::find_if(values, [](double value) { return value < 0.0; });
  if (bad == values.end()) return {};
  return fail(
      {.code = Errc::invalid_argument,
       .detail = fmt::format("{} expects demand, which is 0 or more; a value is {}", model, *bad),
       .row = bad - values.begin() + 1,
       .hint = "use another model, or correct the value"});
}

void observe(const DemandParameters& parameters, DemandState& state, double value) {
  const bool is_demand = value != 0.0;
  const double indicator = is_demand ? 1.0 : 0.0;
  state.probability = state.periods == 0
                          ? indicator
                          : state.probability + parameters.beta * (indicator - state.probability);
  ++state.periods;
  if (!is_demand) {
    ++state.since;
    return;
  }
  const auto since = static_cast<double>(state.since);
  const bool is_first = !(state.interval > 0.0);
  state.size = is_first ? value : state.size + parameters.alpha * (value - state.size);
  state.interval = is_first ? since : state.interval + parameters.beta * (since - state.interval);
  state.since = 1;
}

double best_smoothing(std::span<const double> values, const std::stop_token& stop) {
  if (values.size() < 3) return 0.1;
  const auto squares = [&](double weight) {
    double level = values.front();
    double sum = 0.0;
    for (const double value : values.subspan(1)) {
      const double error = value - level;
      sum += error * error;
      level += weight * error;
    }
    return sum;
  };
  return scalar_minimum(0.01, 0.99, squares, stop);
}

}  // namespace trainyard::models

#include "worker/models/theta/theta_state.hpp"

namespace trainyard::models {

std::string_view to_string(ThetaForm form) {
  return theta_form_names[static_cast<std::size_t>(form)];
}

void RunningLine::add(double value) {
  const double before = mean;
  count += 1.0;
  mean += (value - before) / count;
  slope =
      count < 2.0 ? 0.0 : ((count - 2.0) * slope + 6.0 * (value - before) / count) / (count + 1.0);
}

Line RunningLine::line() const {
  return {.intercept = mean - slope * (count + 1.0) / 2.0, .slope = slope};
}

ThetaState start_of(const ThetaParameters& parameters) {
  return {.level = parameters.initial_level};
}

double trend_of(const ThetaParameters& parameters, const ThetaState& state) {
  const Line line = is_dynamic(parameters.form) ? state.seen.line() : parameters.line;
  const double growth = (1.0 - state.decay * (1.0 - parameters.alpha)) / parameters.alpha;
  return parameters.trend_weight * (state.decay * line.intercept + growth * line.slope);
}

double expected(const ThetaParameters& parameters, const ThetaState& state) {
  return state.level + trend_of(parameters, state);
}

void advance(const ThetaParameters& parameters, ThetaState& state, double value) {
  state.seen.add(value);
  state.level += parameters.alpha * (value - state.level);
  state.decay *= 1.0 - parameters.alpha;
}

}  // namespace trainyard::models

#pragma once

#include <array>
#include <cstddef>
#include <string_view>

// The theta models of Fiorucci, Pellegrini, Louzada, Petropoulos & Koehler (Models for optimising
// the theta method and their relationship to state space models, 2016), on a series without season:
//
//   μ_t = ℓ_{t−1} + (1 − 1/θ) [ (1 − α)^{t−1} A_{t−1} + (1 − (1 − α)^t)/α · B_{t−1} ]
//   ℓ_t = α y_t + (1 − α) ℓ_{t−1}
//
// In the dynamic models A and B are the intercept and slope of the line through y_1 … y_t, in the
// others those of the line through all observations of the fit.

namespace trainyard::models {

// Standard: θ = 2. Optimised: θ is estimated.
enum class ThetaForm { standard, optimised, dynamic_standard, dynamic_optimised };
// As the paper abbreviates them.
inline constexpr std::array<std::string_view, 4> theta_form_names{"STM", "OTM", "DSTM", "DOTM"};

std::string_view to_string(ThetaForm form);

constexpr bool is_dynamic(ThetaForm form) {
  return form == ThetaForm::dynamic_standard || form == ThetaForm::dynamic_optimised;
}
constexpr bool is_optimised(ThetaForm form) {
  return form == ThetaForm::optimised || form == ThetaForm::dynamic_optimised;
}
// Errors count from here: a line that moves takes two observations to begin with.
constexpr std::size_t first_error(ThetaForm form) {
  return is_dynamic(form) ? 2 : 0;
}

struct Line {
  double intercept = 0.0;  // at t = 0
  double slope = 0.0;
};

struct ThetaParameters {
  ThetaForm form = ThetaForm::dynamic_optimised;
  double alpha = 0.5;          // in [0.1, 0.99]
  double trend_weight = 0.5;   // 1 − 1/θ, in [0, 1): θ from 1 to infinity
  double initial_level = 0.0;  // ℓ_0
  Line line = {};              // through all observations; unused by dynamic forms
};

// The line through y_1 … y_t, one observation at a time.
struct RunningLine {
  double mean = 0.0;
  double slope = 0.0;
  double count = 0.0;  // t

  void add(double value);
  Line line() const;
};

// A point in the recursion. Advancing past the last observation means advancing with a value that
// was forecast.
struct ThetaState {
  double level = 0.0;  // ℓ_t
  double decay = 1.0;  // (1 − α)^t
  RunningLine seen = {};
};

ThetaState start_of(const ThetaParameters& parameters);
// The second term of μ of the next period; the first is the level.
double trend_of(const ThetaParameters& parameters, const ThetaState& state);
double expected(const ThetaParameters& parameters, const ThetaState& state);
void advance(const ThetaParameters& parameters, ThetaState& state, double value);

}  // namespace trainyard::models

#pragma once

#include <span>
#include <stop_token>

// The Dynamic Optimised Theta Model of Fiorucci, Pellegrini, Louzada, Petropoulos & Koehler
// (Models for optimising the theta method and their relationship to state space models, 2016), on a
// series without season:
//
//   μ_t = ℓ_{t−1} + (1 − 1/θ) [ (1 − α)^{t−1} A_{t−1} + (1 − (1 − α)^t)/α · B_{t−1} ]
//   ℓ_t = α y_t + (1 − α) ℓ_{t−1}
//
// with A and B the intercept and slope of the line through y_1 … y_t, updated at each period.

namespace trainyard::models {

struct ThetaFit {
  double alpha = 0.5;          // in [0.1, 0.99]
  double trend_weight = 0.5;   // 1 − 1/θ, in [0, 1): θ from 1 to infinity
  double initial_level = 0.0;  // ℓ_0
  double squares = 0.0;        // Σ (y_t − μ_t)², t ≥ 3
};

// A point in the recursion. Advancing past the last observation means advancing with a value that
// was forecast.
class ThetaState {
 public:
  explicit ThetaState(const ThetaFit& fit);

  double expected() const;  // μ of the next period
  void advance(double value);

 private:
  double alpha_;
  double trend_weight_;
  double level_;
  double mean_ = 0.0;       // of y_1 … y_t
  double intercept_ = 0.0;  // A_t
  double slope_ = 0.0;      // B_t
  double decay_ = 1.0;      // (1 − α)^t
  double count_ = 0.0;      // t
};

// Least squares. For given α the errors are linear in ℓ_0 and the trend's weight, so both are
// solved for exactly and the search is over α alone. Needs 4 observations. When
// stopped early the result is of no use.
ThetaFit fit_theta(std::span<const double> y, const std::stop_token& stop = {});

}  // namespace trainyard::models

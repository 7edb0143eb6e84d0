#pragma once

#include "worker/models/theta/theta_state.hpp"

#include <span>
#include <stop_token>

// Least squares for the theta models.

namespace trainyard::models {

struct ThetaFit {
  ThetaParameters parameters;
  double squares = 0.0;  // Σ (y_t − μ_t)² from first_error() on
};

struct ThetaTask {
  std::span<const double> y;  // without season, at least 4 observations
  std::stop_token stop = {};
};

// For given α the errors are linear in ℓ_0 and the trend's weight, so both are solved for exactly
// and the search is over α alone. When stopped early the result is of no use.
ThetaFit fit_theta(const ThetaTask& task, ThetaForm form);

// The form with the least mean squared error over the periods of which all four have one. An
// optimised form includes its standard one and never loses to it, so what is tried is OTM and DOTM.
ThetaFit select_theta(const ThetaTask& task);

}  // namespace trainyard::models

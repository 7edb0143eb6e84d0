#pragma once

#include "worker/models/arima/arima_likelihood.hpp"

#include <span>
#include <stop_token>
#include <vector>

// A quasi-Newton method that begins with the curvature of the squared errors (Gauss and Newton) and
// learns the rest; steps are damped as Marquardt does.

namespace trainyard::models {

struct ArimaSearchOptions {
  int iterations_max = 60;
  double tolerance = 1e-8;  // of the log likelihood
};

struct ArimaOptimum {
  std::vector<double> free;
  double value = 0.0;  // of ArimaLikelihood::evaluate()
};

// The best point found from `start`. When stopped early, the best so far.
ArimaOptimum search_optimum(ArimaLikelihood& likelihood, std::span<const double> start,
                            const ArimaSearchOptions& options, const std::stop_token& stop);

}  // namespace trainyard::models

#pragma once

#include "worker/models/model.hpp"

#include <span>

namespace trainyard::models {

// What a step is thought to bring: nothing, or with `probability` a demand whose size has this mean
// and variance.
struct DemandStep {
  double probability;
  double size;
  double variance;
};

// Central bands of one step each: quantiles of the mixture of zero and a lognormal size (which
// Shenstone & Hyndman, Stochastic models underlying Croston's method, 2005, argue for), and so
// never negative. Widened to hold the mean; in units of `scale`.
Forecast demand_forecast(std::span<const DemandStep> steps, double scale,
                         std::span<const double> levels);

}  // namespace trainyard::models

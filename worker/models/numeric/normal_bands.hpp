#pragma once

#include "common/base/error.hpp"
#include "worker/models/model.hpp"

#include <span>
#include <vector>

// From the moments of each step to a Forecast: bands by the normal distribution, everything finite
// and lower <= mean <= upper.

namespace trainyard::models {

// Mean and standard deviation per step, in units of the scaled series.
struct StepMoments {
  std::vector<double> mean;
  std::vector<double> sd;
};

// z such that a central band of mean ± z·sd holds `level` percent, in (0, 100); error below 1e-9.
double band_width(double level);

// Errc::invalid_argument for a horizon below 1, a level outside (0, 100), or fewer or shorter
// future covariates than `covariates` × horizon. Models that use no covariates pass 0.
Result<void> check_request(const ForecastRequest& request, std::size_t covariates);

// `scale` turns the moments into the units of the data; values past the largest double are cut to
// it.
Forecast normal_forecast(const StepMoments& moments, double scale, std::span<const double> levels);

// The nearest finite number; 0 for NaN.
double finite(double value);

}  // namespace trainyard::models

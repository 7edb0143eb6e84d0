#pragma once

#include "worker/models/prophet/prophet_features.hpp"
#include "worker/models/prophet/prophet_trend.hpp"

#include <span>
#include <stop_token>
#include <vector>

// What a Prophet model is, but for its parameters: everything that turns a date into features.

namespace trainyard::models {

// The dates of a regular series, and the scaled time in which its fit's first observation is at 0
// and the last at 1.
struct ProphetClock {
  TimePoint start;
  domain::Frequency frequency;
  std::chrono::microseconds span{1};

  // Of the periods first, first + 1, … When stopped, there are fewer.
  std::vector<TimePoint> times(std::size_t first, std::size_t count,
                               const std::stop_token& stop = {}) const;
  double scaled(TimePoint time) const;
  std::vector<double> scaled(std::span<const TimePoint> times) const;
};

// data = outer·(floor + inner·value): values are about one at both 1e300 and 1e-300.
struct ProphetUnits {
  double outer = 1.0;
  double inner = 1.0;
  double floor = 0.0;

  double value(double data) const { return (data / outer - floor) / inner; }
  double data(double value) const { return outer * (floor + inner * value); }
};

struct ProphetForm {
  ProphetClock clock;
  ProphetUnits units;
  ProphetTrend trend;
  std::vector<FeatureGroup> groups;
};

// A form with the prior scale of each of its features.
struct ProphetPlan {
  ProphetForm form;
  std::vector<double> prior_scales;
};

// Chooses changepoints, seasonalities and scales as Prophet does. invalid_argument, category
// config, names the option that does not go with the series: a cap below its largest value, a
// changepoint outside of it, as many regressors as there are no covariates…; cancelled.
Result<ProphetPlan> plan_prophet(const Series& series, const ProphetOptions& options,
                                 const std::stop_token& stop);

}  // namespace trainyard::models

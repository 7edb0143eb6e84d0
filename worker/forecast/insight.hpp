#pragma once

#include "worker/forecast/anomalies.hpp"
#include "worker/forecast/ensemble.hpp"
#include "worker/forecast/explanation.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace trainyard::forecast {

// One of the fits to the whole history that a forecast was made of.
struct FittedMember {
  std::string model;
  double weight = 1.0;
  std::shared_ptr<const Explanation> explanation = nullptr;
};

// A part of the best model with how much it matters.
struct Influence {
  Part part;
  double mean_absolute = 0.0;  // of what it adds, in units of the data
  // Percent of the series' variance (its covariance with the series: Shorrocks, Inequality
  // decomposition by factor components, 1982). Those of all parts sum to 100; one is negative where
  // a part works against the others. None for a constant series, or past the largest double.
  std::optional<double> variance_share = {};
};

// What the best model tells beyond its forecast.
struct Insight {
  std::vector<FittedMember> members = {};
  models::InSample expected = {};  // one period ahead
  Anomalies anomalies = {};
  std::vector<Influence> influences = {};  // empty when the model has no parts
};

struct InsightQuestion {
  Combination combination = Combination::mean;   // of several members
  double threshold = 3.5;                        // of anomalies
  std::span<const std::string> covariates = {};  // names, for "covariate 0"
};

Insight insight_of(const PreparedSeries& series, std::vector<FittedMember> members,
                   const InsightQuestion& question);

}  // namespace trainyard::forecast

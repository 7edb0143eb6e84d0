#pragma once

#include "worker/models/prophet/prophet_options.hpp"

#include <span>
#include <vector>

// Prophet's trend (Taylor & Letham, Forecasting at scale, 2018, section 3.1) over scaled time t,
// with S changepoints c_j where the rate changes by δ_j:
//
//   linear    g = m + k t + Σ δ_j (t − c_j)₊
//   logistic  g = cap / (1 + exp(−(k (t − m) + Σ δ_j (t − c_j)₊)))
//   flat      g = m
//
// The paper writes the logistic trend with offsets γ_j that keep it continuous; solving for them
// gives this form, which has no division by a rate that may be zero.

namespace trainyard::models {

struct ProphetTrend {
  Growth growth = Growth::linear;
  double cap = 0.0;                  // logistic growth only
  std::vector<double> changepoints;  // c_j, ascending; none in flat growth
};

struct ProphetParameters {
  double k = 0.0;
  double m = 0.0;
  std::vector<double> beta;   // of the features
  std::vector<double> delta;  // of the changepoints
  double sigma = 1.0;         // standard deviation of the observations
};

// What the growth is a function of, for ascending t: g itself, or the logistic curve's argument.
std::vector<double> trend_path(const ProphetTrend& trend, const ProphetParameters& parameters,
                               std::span<const double> t);

double trend_value(const ProphetTrend& trend, double path);

}  // namespace trainyard::models

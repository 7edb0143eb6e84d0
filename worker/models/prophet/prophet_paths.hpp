#pragma once

#include "worker/models/prophet/prophet_trend.hpp"

#include <cstdint>
#include <random>
#include <span>
#include <vector>

namespace trainyard::models {

// How the trend may change after the last observation (Taylor & Letham, section 3.1.4):
// changepoints come at random with the rate that the history had them, and change the rate of
// growth by Laplace steps whose scale is the mean |δ_j| of the history.
struct TrendChanges {
  double rate = 0.0;   // changepoints per unit of scaled time
  double scale = 0.0;  // of a change
};

TrendChanges changes_of(const ProphetTrend& trend, const ProphetParameters& parameters,
                        double spacing);

// Simulated futures of the trend's path, all at one time and moved forward together, as what they
// add to the expected path. The same seed gives the same bits.
class TrendPaths {
 public:
  TrendPaths(const TrendChanges& changes, std::size_t samples, std::uint64_t seed);

  // `time` after the last observation, in scaled time; it does not decrease.
  void advance_to(double time);
  std::span<const double> deviations() const { return deviations_; }

 private:
  double uniform();  // in (0, 1)
  double waiting_time();

  TrendChanges changes_;
  std::mt19937_64 random_;
  double now_ = 0.0;
  std::vector<double> deviations_;
  std::vector<double> slopes_;
  std::vector<double> next_changes_;
};

// Quantiles (i + ½)/count of the standard normal distribution, i = 0 … count − 1: the noise of as
// many samples without its chance.
std::vector<double> normal_quantiles(std::size_t count);

}  // namespace trainyard::models

#pragma once

#include "worker/models/model.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace trainyard::forecast {

// How often intervals of one level held what came, in percent of the tested values.
struct LevelCoverage {
  double level = 95.0;  // promised
  double reached = 0.0;
};

// How good forecasts were. Empty = undefined for this series, or past the largest double.
struct Scores {
  std::optional<double> mape;   // percent; undefined when an actual value is zero
  std::optional<double> smape;  // percent, 0 where both are zero
  std::optional<double> mase;   // by the seasonal naive error of each training part; undefined
                                // when that is zero
  std::optional<double> rmse;
  std::optional<double> mae;
  std::optional<double> coverage;             // percent of actual values inside the first interval
  std::vector<LevelCoverage> coverages = {};  // of every interval
  std::int64_t tested = 0;                    // values
};

// The score of a name in domain::metric_names.
std::optional<double> score_of(const Scores& scores, std::string_view metric);

// Adds up the test windows of one model.
class ScoreSum {
 public:
  // `scale` is mase_scale() of the window's training part.
  void add(std::span<const double> actual, const models::Forecast& forecast, double scale);
  Scores scores() const;

 private:
  double count_ = 0;
  double percentage_ = 0;
  double symmetric_ = 0;
  double squared_ = 0;
  double absolute_ = 0;
  double scaled_ = 0;
  std::vector<LevelCoverage> covered_;  // `reached` counts values
  bool has_zero_ = false;
  bool has_no_scale_ = false;
};

// Mean absolute error of the seasonal naive forecast inside the training part; with less than a
// season of history, that of the naive one.
double mase_scale(std::span<const double> training, int season_length);

}  // namespace trainyard::forecast

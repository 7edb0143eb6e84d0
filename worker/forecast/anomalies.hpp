#pragma once

#include "worker/forecast/prepare.hpp"
#include "worker/models/model.hpp"

#include <optional>
#include <string>
#include <vector>

namespace trainyard::forecast {

inline constexpr std::size_t anomalies_judged_min = 12;  // fewer residuals tell no spread
inline constexpr std::size_t anomalies_listed_max = 1'000;

struct Anomaly {
  std::size_t period = 0;  // position in the series
  TimePoint date = {};
  double value = 0.0;
  double expected = 0.0;
  double score = 0.0;  // above 0: higher than expected
};

// Which observations a model did not see coming.
struct Anomalies {
  double threshold = 3.5;
  std::int64_t judged = 0;                         // observations that have a score
  std::optional<double> spread = {};               // robust standard deviation of the residuals
  std::int64_t count = 0;                          // of scores beyond the threshold
  std::vector<Anomaly> listed = {};                // by period; when there are more, the furthest
  std::vector<std::optional<double>> scores = {};  // per observation; none: not judged
  std::string unjudged = {};                       // why none is judged; empty when some are
};

// Scores each observation by its residual y - expected: how many robust standard deviations it
// lies from the median residual (the modified z-score of Iglewicz & Hoaglin, How to Detect and
// Handle Outliers, 1993, who advise 3.5 as threshold). The spread is 1.4826 times the median
// absolute deviation, corrected for few values (Croux & Rousseeuw, Time-efficient algorithms for
// two highly robust estimators of scale, 1992); where more than half of the residuals are alike,
// 1.2533 times the mean one. Where all values and expectations are positive, relative residuals
// (of logarithms) are scored as well and the score nearer to 0 counts, so that noise which grows
// with the level is no anomaly. Filled gaps are not judged. O(n).
Anomalies find_anomalies(const PreparedSeries& series, const models::InSample& expected,
                         double threshold);

}  // namespace trainyard::forecast

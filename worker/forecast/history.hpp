#pragma once

#include "worker/forecast/prepare.hpp"

#include <vector>

namespace trainyard::forecast {

// The end of a series, for showing beside its forecast: values[i] is of dates[i]. Gaps are filled
// as the models saw them.
struct History {
  std::vector<TimePoint> dates;
  std::vector<double> values;
};

// The last periods of a series: four seasons, three horizons and at least 60, but never more than
// 400, so that results stay small however long the series is.
History recent_history(const PreparedSeries& series, int horizon);

}  // namespace trainyard::forecast

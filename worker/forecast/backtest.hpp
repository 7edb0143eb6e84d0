#pragma once

#include "common/domain/forecast_spec.hpp"

#include <cstddef>
#include <vector>

namespace trainyard::forecast {

// One forecast origin: train on y[0, train), skip the gap, test on y[test, test + horizon).
struct Window {
  std::size_t train;
  std::size_t test;
};

// Rolling origin with an expanding training part: the last window tests the last `horizon` values,
// each earlier one `step` (default: the horizon) before. Oldest first. Windows that would leave
// less than training_min values to learn from are left out, so short series have fewer or none.
std::vector<Window> plan_windows(std::size_t length, int horizon, const domain::BacktestSpec& spec,
                                 int season_length);

// Two values, and a whole season with one value more where there is a season.
std::size_t training_min(int season_length);

}  // namespace trainyard::forecast

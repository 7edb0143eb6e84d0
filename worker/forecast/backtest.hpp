#pragma once

#include "common/domain/forecast_spec.hpp"

#include <cstddef>
#include <vector>

namespace trainyard::forecast {

// One forecast origin: train on y[first, train), skip the gap, test on y[test, test + horizon).
struct Window {
  std::size_t first;
  std::size_t train;
  std::size_t test;

  std::size_t length() const { return train - first; }  // of the training part
  int gap() const { return static_cast<int>(test - train); }
};

// The whole history: what a forecast of the future learns from.
constexpr Window whole_history(std::size_t length) {
  return {.first = 0, .train = length, .test = length};
}

// Rolling origin (Tashman, Out-of-sample tests of forecasting accuracy, 2000): the last window
// tests the last `horizon` values, each earlier one `step` (default: the horizon) before. Oldest
// first. The training part begins with the series, or slides along with at most `size` values
// (default: as many as the oldest window has). Windows that would leave less than training_min
// values to learn from are left out, so short series have fewer or none.
std::vector<Window> plan_windows(std::size_t length, int horizon, const domain::BacktestSpec& spec,
                                 int season_length);

// Two values, and a whole season with one value more where there is a season.
std::size_t training_min(int season_length);

}  // namespace trainyard::forecast

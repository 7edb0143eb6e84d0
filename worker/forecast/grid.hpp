#pragma once

#include "common/domain/frequency.hpp"

#include <optional>
#include <span>
#include <vector>

namespace trainyard::forecast {

// Where each observation lies on the grid of periods: time i is anchor + index[i] steps.
struct Grid {
  TimePoint anchor;
  domain::Frequency step;           // between dates
  domain::Frequency frequency;      // for the models
  std::vector<std::int64_t> index;  // ascending
  bool is_consecutive = false;      // the dates did not fit the stated frequency
};

// `times` ascend and differ, at least two. With a stated frequency there is always a grid: dates
// that do not fit it count as one period each, and the future goes on by their usual distance.
// Without one, nullopt when the dates follow no frequency.
std::optional<Grid> make_grid(std::span<const TimePoint> times,
                              std::optional<domain::Frequency> stated);

}  // namespace trainyard::forecast

#pragma once

#include "common/domain/frequency.hpp"

#include <optional>
#include <span>
#include <vector>

namespace trainyard::forecast {

enum class GridFit {
  exact,          // every date lies on the grid
  month_ends,     // one date near the end, or the beginning, of each month
  fiscal_months,  // months of four and five weeks
  consecutive,    // the dates do not fit the stated frequency
};

// Where each observation lies on the grid of periods: time i is anchor + index[i] steps.
struct Grid {
  TimePoint anchor;
  domain::Frequency step;           // between dates
  domain::Frequency frequency;      // for the models
  std::vector<std::int64_t> index;  // ascending
  GridFit fit = GridFit::exact;     // where it is not, dates are near time i alone
};

// `times` ascend and differ, at least two. With a stated frequency there is always a grid: dates
// that do not fit it count as one period each, and the future goes on by their usual distance.
// Months whose dates move (loose_months.hpp) are months even if nobody says so. nullopt when
// nothing is stated and the dates follow no frequency.
std::optional<Grid> make_grid(std::span<const TimePoint> times,
                              std::optional<domain::Frequency> stated);

}  // namespace trainyard::forecast

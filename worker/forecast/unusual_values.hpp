#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace trainyard::forecast {

constexpr std::size_t unusual_values_min = 12;  // fewer are not judged

// Positions in a series, ascending.
struct UnusualValues {
  std::vector<std::size_t> outliers;
  std::vector<std::size_t> level_shifts;  // the first value of each new level
};

// What lies far from the values around it. The remainder is what is left of a straight trend (the
// median change over a season), from three seasons on the median of each place in the season, and
// the running median over whole seasons (7 values at least). An outlier lies more than 3
// interquartile ranges beyond the quartiles of the remainder (Tukey, Exploratory Data Analysis,
// 1977: far out); where all values are positive, also by their logarithms, so that seasons that
// grow with the level are none. A level shift is a step after which the median of a season (7
// values at least) differs from the one before by more than 4 interquartile ranges, more than half
// of it in that step. The range counts as 1 % of the usual size at least. `y` is finite; O(n·log n
// + n·season).
UnusualValues unusual_values(std::span<const double> y, int season_length);

}  // namespace trainyard::forecast

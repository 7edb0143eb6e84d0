#pragma once

#include "common/base/time.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace trainyard::forecast {

struct PreparedSeries;

// Syntetos, Boylan & Croston (On the categorization of demand patterns, 2005): intermittent and
// lumpy from 1.32 periods per demand on, erratic and lumpy where the squared coefficient of
// variation of the demands exceeds 0.49.
enum class DemandPattern { smooth, erratic, intermittent, lumpy };
std::string_view to_string(DemandPattern pattern);

struct Demand {
  DemandPattern pattern = DemandPattern::smooth;
  double interval = 1.0;   // mean periods per demand (ADI), from the first one to the last
  double variation = 0.0;  // CV² of the values that are not 0
};

struct DatedValues {
  std::int64_t count = 0;
  std::vector<TimePoint> first = {};  // the earliest five at most
};

// What a segment's values look like. Nothing is changed on its account.
struct DataFindings {
  std::int64_t zeros = 0;
  std::int64_t leading_zeros = 0;
  std::int64_t trailing_zeros = 0;
  std::int64_t inner_zeros = 0;  // the longest run between two other values
  std::optional<Demand> demand;  // none where a value is negative or all are 0
  DatedValues negatives;
  // unusual_values.hpp, in the last 100 000 values; not looked for in intermittent and lumpy demand
  DatedValues outliers;
  DatedValues level_shifts;
};

// `observed` are the series' values before gaps were filled, NaN where there was none.
DataFindings find_in(const PreparedSeries& series, std::span<const double> observed);

}  // namespace trainyard::forecast

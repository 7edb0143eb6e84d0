#pragma once

#include "common/base/time.hpp"

#include <optional>
#include <span>
#include <vector>

namespace trainyard::forecast {

// Whether the dates are months of four and five weeks (4-4-5 and its like, also with a 53rd week,
// and days such as the first Monday): 28, 35 or 42 days apart, not all alike, and 12 to 14 weeks
// over each three of them. `times` ascend, at least six.
bool are_fiscal_months(std::span<const TimePoint> times);

// The months, counted from the last date's, of dates that lie one in a month and all within five
// days of its beginning or of its end: the last business days. nullopt for others, for fewer than
// six, and where more than a quarter of the months is missing. `times` ascend.
std::optional<std::vector<std::int64_t>> month_numbers(std::span<const TimePoint> times);

}  // namespace trainyard::forecast

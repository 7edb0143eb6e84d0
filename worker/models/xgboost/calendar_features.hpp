#pragma once

#include "common/base/time.hpp"
#include "common/domain/frequency.hpp"

#include <span>
#include <vector>

namespace trainyard::models {

// What the calendar says of a period's start, as far as it varies at that frequency: month of the
// year and days in the month for months; also week of the year for weeks; day of the week, day of
// the month and day of the year for days; hour of the day and day of the week below that. Yearly
// series have none.
std::size_t calendar_feature_count(const domain::Frequency& frequency);
void append_calendar_features(TimePoint time, const domain::Frequency& frequency,
                              std::vector<float>& row);

}  // namespace trainyard::models

#pragma once

#include "common/base/time.hpp"

#include <span>
#include <string>
#include <vector>

namespace trainyard::forecast {

// A date as data files write it: "2020-01-31", with the time of day when there is one. Series have
// no time zone, so neither has this.
std::string format_date(TimePoint time);
// All alike: with the time of day as soon as one of them has one.
std::vector<std::string> format_dates(std::span<const TimePoint> times);

}  // namespace trainyard::forecast

#include "worker/forecast/dates.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace trainyard::forecast {
namespace {

using std::chrono::days;

bool is_midnight(TimePoint time) {
  return std::chrono::floor<days>(time) == time;
}

std::string date_part(TimePoint time) {
  const std::chrono::year_month_day date{std::chrono::floor<days>(time)};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

std::string with_time(TimePoint time) {
  const std::chrono::hh_mm_ss clock{
      std::chrono::floor<std::chrono::seconds>(time - std::chrono::floor<days>(time))};
  return fmt::format("{}T{:02}:{:02}:{:02}", date_part(time), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count());
}

}  // namespace

std::string format_date(TimePoint time) {
  return is_midnight(time) ? date_part(time) : with_time(time);
}

std::vector<std::string> format_dates(std::span<const TimePoint> times) {
  const bool are_days = std::ranges::all_of(times, is_midnight);
  std::vector<std::string> dates;
  for (const auto time : times)
    dates.push_back(are_days ? date_part(time) : with_time(time));
  return dates;
}

}  // namespace trainyard::forecast

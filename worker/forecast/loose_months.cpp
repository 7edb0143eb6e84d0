#include "worker/forecast/loose_months.hpp"

#include <algorithm>
#include <chrono>

namespace trainyard::forecast {
namespace {

using std::chrono::days;
using std::chrono::weeks;
using std::chrono::year_month_day;

constexpr std::size_t dates_min = 6;
constexpr std::int64_t near_days = 5;

}  // namespace

bool are_fiscal_months(std::span<const TimePoint> times) {
  if (times.size() < dates_min) return false;
  bool are_alike = true;
  for (std::size_t i = 1; i < times.size(); ++i) {
    const auto apart = times[i] - times[i - 1];
    if (apart != weeks(4) && apart != weeks(5) && apart != weeks(6)) return false;
    are_alike = are_alike && apart == times[1] - times[0];
    if (i < 3) continue;
    const auto quarter = times[i] - times[i - 3];
    if (quarter < weeks(12) || quarter > weeks(14)) return false;
  }
  return !are_alike;
}

std::optional<std::vector<std::int64_t>> month_numbers(std::span<const TimePoint> times) {
  if (times.size() < dates_min) return std::nullopt;
  bool are_early = true;
  bool are_late = true;
  std::vector<std::int64_t> months;
  for (const auto time : times) {
    const auto day = std::chrono::floor<days>(time);
    const year_month_day date{day};
    const std::chrono::sys_days month_end{date.year() / date.month() / std::chrono::last};
    are_early = are_early && static_cast<unsigned>(date.day()) <= near_days;
    are_late = are_late && (month_end - day).count() < near_days;
    months.push_back(std::int64_t{12} * static_cast<int>(date.year()) +
                     static_cast<unsigned>(date.month()));
  }
  const bool are_distinct = std::ranges::adjacent_find(months) == months.end();
  if (!are_distinct || (!are_early && !are_late)) return std::nullopt;
  const auto last = months.back();
  if (3 * (last - months.front() + 1) > 4 * static_cast<std::int64_t>(months.size()))
    return std::nullopt;
  for (auto& month : months)
    month -= last;
  return months;
}

}  // namespace trainyard::forecast

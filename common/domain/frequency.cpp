#include "common/domain/frequency.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <chrono>

namespace trainyard::domain {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

struct Word {
  std::string_view text;
  Period period;
};

constexpr std::array words{Word{"yearly", Period::year},           Word{"annual", Period::year},
                           Word{"quarterly", Period::quarter},     Word{"monthly", Period::month},
                           Word{"weekly", Period::week},           Word{"daily", Period::day},
                           Word{"business", Period::business_day}, Word{"hourly", Period::hour}};

// Pandas tells starts from ends of periods (MS, ME); here the dates of the series decide that.
constexpr std::array aliases{
    Word{"YE", Period::year},    Word{"YS", Period::year},        Word{"Y", Period::year},
    Word{"AS", Period::year},    Word{"A", Period::year},         Word{"QE", Period::quarter},
    Word{"QS", Period::quarter}, Word{"Q", Period::quarter},      Word{"ME", Period::month},
    Word{"MS", Period::month},   Word{"M", Period::month},        Word{"W", Period::week},
    Word{"D", Period::day},      Word{"B", Period::business_day}, Word{"H", Period::hour},
    Word{"h", Period::hour},     Word{"T", Period::minute},       Word{"min", Period::minute},
    Word{"S", Period::second},   Word{"s", Period::second}};

constexpr std::array month_anchors{"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                   "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
constexpr std::array week_anchors{"MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"};

std::unexpected<Error> unknown_frequency(std::string_view text) {
  return fail(Error{.code = Errc::invalid_argument,
                    .detail = fmt::format("frequency '{}' is not known", text),
                    .field = "frequency",
                    .hint = "use yearly, quarterly, monthly, weekly, daily, hourly, or an alias "
                            "such as MS, QS, W-MON, B or 15min",
                    .category = Category::config});
}

bool anchor_fits(Period period, std::string_view anchor) {
  if (period == Period::week) return std::ranges::find(week_anchors, anchor) != week_anchors.end();
  if (period == Period::year || period == Period::quarter) {
    return std::ranges::find(month_anchors, anchor) != month_anchors.end();
  }
  return false;
}

int months_in(Period period) {
  switch (period) {
    case Period::year:
      return 12;
    case Period::quarter:
      return 3;
    case Period::month:
      return 1;
    default:
      return 0;
  }
}

std::chrono::seconds length_of(Period period) {
  switch (period) {
    case Period::week:
      return days(7);
    case Period::day:
      return days(1);
    case Period::hour:
      return std::chrono::hours(1);
    case Period::minute:
      return std::chrono::minutes(1);
    default:
      return std::chrono::seconds(1);
  }
}

std::int64_t floor_div(std::int64_t value, std::int64_t by) {
  return value >= 0 ? value / by : -((-value + by - 1) / by);
}

bool is_month_end(year_month_day date) {
  return date.day() == (date.year() / date.month() / std::chrono::last).day();
}

TimePoint advance_months(TimePoint time, std::int64_t months) {
  const auto midnight = std::chrono::floor<days>(time);
  const year_month_day date{midnight};
  const auto target = date.year() / date.month() + std::chrono::months(months);
  const auto last = (target / std::chrono::last).day();
  const auto day = is_month_end(date) ? last : std::min(date.day(), last);
  return sys_days{target / day} + (time - midnight);
}

// Weekdays since Monday 5 January 1970; a weekend day counts as the Friday before it.
std::int64_t business_index(sys_days day) {
  const auto since_monday = (day - sys_days{std::chrono::days(4)}).count();
  const auto week = floor_div(since_monday, 7);
  return week * 5 + std::min<std::int64_t>(since_monday - week * 7, 4);
}

sys_days business_date(std::int64_t index) {
  const auto week = floor_div(index, 5);
  return sys_days{days(4 + week * 7 + (index - week * 5))};
}

TimePoint advance_business_days(TimePoint time, std::int64_t steps) {
  const auto midnight = std::chrono::floor<days>(time);
  return business_date(business_index(midnight) + steps) + (time - midnight);
}

std::int64_t estimate(TimePoint from, TimePoint to, const Frequency& frequency) {
  if (const int months = months_in(frequency.period); months > 0) {
    const year_month_day first{std::chrono::floor<days>(from)};
    const year_month_day second{std::chrono::floor<days>(to)};
    const auto difference = (second.year() / second.month()) - (first.year() / first.month());
    return difference.count() / (months * frequency.count);
  }
  if (frequency.period == Period::business_day) {
    return (business_index(std::chrono::floor<days>(to)) -
            business_index(std::chrono::floor<days>(from))) /
           frequency.count;
  }
  return (to - from) / (length_of(frequency.period) * frequency.count);
}

}  // namespace

Result<Frequency> parse_frequency(std::string_view text) {
  for (const auto& word : words) {
    if (text == word.text) return Frequency{word.period, 1};
  }
  auto rest = text;
  int count = 1;
  if (!rest.empty() && std::isdigit(static_cast<unsigned char>(rest.front()))) {
    const auto parsed = std::from_chars(rest.data(), rest.data() + rest.size(), count);
    if (parsed.ec != std::errc{} || count < 1 || count > 100'000) return unknown_frequency(text);
    rest.remove_prefix(static_cast<std::size_t>(parsed.ptr - rest.data()));
  }
  const auto dash = rest.find('-');
  const auto name = rest.substr(0, dash);
  for (const auto& alias : aliases) {
    if (name != alias.text) continue;
    if (dash != std::string_view::npos && !anchor_fits(alias.period, rest.substr(dash + 1))) break;
    return Frequency{alias.period, count};
  }
  return unknown_frequency(text);
}

std::string to_string(const Frequency& frequency) {
  static constexpr std::array names{"yearly", "quarterly", "monthly", "weekly", "daily",
                                    "B",      "hourly",    "min",     "s"};
  static constexpr std::array short_names{"Y", "Q", "M", "W", "D", "B", "h", "min", "s"};
  const auto index = static_cast<std::size_t>(frequency.period);
  if (frequency.count == 1) return names[index];
  return fmt::format("{}{}", frequency.count, short_names[index]);
}

int season_length(const Frequency& frequency) {
  static constexpr std::array lengths{1, 4, 12, 52, 7, 5, 24, 1440, 60};
  const int length = lengths[static_cast<std::size_t>(frequency.period)];
  // Every second week has 26 in a year; every third day has no whole number of days in a week.
  return length % frequency.count == 0 ? std::max(1, length / frequency.count) : 1;
}

TimePoint advance(TimePoint time, const Frequency& frequency, std::int64_t steps) {
  const auto periods = steps * frequency.count;
  if (const int months = months_in(frequency.period); months > 0) {
    return advance_months(time, periods * months);
  }
  if (frequency.period == Period::business_day) return advance_business_days(time, periods);
  return time + length_of(frequency.period) * periods;
}

std::optional<std::int64_t> periods_between(TimePoint from, TimePoint to,
                                            const Frequency& frequency) {
  const auto count = estimate(from, to, frequency);
  if (advance(from, frequency, count) != to) return std::nullopt;
  return count;
}

}  // namespace trainyard::domain

#include "common/base/time.hpp"

#include <fmt/format.h>

#include <charconv>

namespace trainyard {
namespace {

class SystemClock final : public Clock {
 public:
  TimePoint now() const override {
    return std::chrono::time_point_cast<std::chrono::microseconds>(
        std::chrono::system_clock::now());
  }
};

// Consumes exactly `digits` digits from the front of `text`.
bool take_number(std::string_view& text, std::size_t digits, int& value) {
  if (text.size() < digits) return false;
  const auto* end = text.data() + digits;
  if (std::from_chars(text.data(), end, value).ptr != end || value < 0) return false;
  text.remove_prefix(digits);
  return true;
}

bool take(std::string_view& text, char expected) {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(1);
  return true;
}

bool take_fraction(std::string_view& text, int& microseconds) {
  if (!take(text, '.')) return true;
  int scale = 100'000;
  std::size_t digits = 0;
  for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits) {
    microseconds += (text[digits] - '0') * scale;
    scale /= 10;
  }
  text.remove_prefix(digits);
  return digits > 0;
}

bool take_offset(std::string_view& text, std::chrono::minutes& offset) {
  if (take(text, 'Z')) return true;
  const bool negative = text.starts_with('-');
  if (!negative && !text.starts_with('+')) return false;
  text.remove_prefix(1);
  int hours = 0;
  int minutes = 0;
  if (!take_number(text, 2, hours)) return false;
  take(text, ':');
  if (!take_number(text, 2, minutes) || hours > 23 || minutes > 59) return false;
  offset = std::chrono::minutes((negative ? -1 : 1) * (hours * 60 + minutes));
  return true;
}

}  // namespace

std::string to_iso8601(TimePoint time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  auto text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                          static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                          clock.hours().count(), clock.minutes().count(), clock.seconds().count());
  if (clock.subseconds().count() != 0) text += fmt::format(".{:06}", clock.subseconds().count());
  return text + 'Z';
}

Result<TimePoint> from_iso8601(std::string_view text) {
  std::string_view rest = text;
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, fraction = 0;
  std::chrono::minutes offset{0};
  const bool parsed = take_number(rest, 4, year) && take(rest, '-') &&
                      take_number(rest, 2, month) && take(rest, '-') && take_number(rest, 2, day) &&
                      (take(rest, 'T') || take(rest, ' ')) && take_number(rest, 2, hour) &&
                      take(rest, ':') && take_number(rest, 2, minute) && take(rest, ':') &&
                      take_number(rest, 2, second) && take_fraction(rest, fraction) &&
                      take_offset(rest, offset) && rest.empty();
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!parsed || !date.ok() || hour > 23 || minute > 59 || second > 60) {
    return fail(Errc::invalid_argument,
                fmt::format("'{}' is not an ISO-8601 time like 2026-01-20T15:30:00Z", text));
  }
  return TimePoint{std::chrono::sys_days{date}} + std::chrono::hours{hour} +
         std::chrono::minutes{minute} + std::chrono::seconds{second} +
         std::chrono::microseconds{fraction} - offset;
}

const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

}  // namespace trainyard

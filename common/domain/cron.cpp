#include "common/domain/cron.hpp"

#include "common/domain/cron_field.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace trainyard::domain {
namespace {

using namespace std::chrono;

constexpr std::array<std::string_view, 12> month_names{"jan", "feb", "mar", "apr", "may", "jun",
                                                       "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 8> day_names{"sun", "mon", "tue", "wed",
                                                    "thu", "fri", "sat", "sun"};
constexpr CronField second_field{"second", 0, 59};
constexpr CronField minute_field{"minute", 0, 59};
constexpr CronField hour_field{"hour", 0, 23};
constexpr CronField day_field{"day of month", 1, 31};
const CronField month_field{"month", 1, 12, month_names};
const CronField weekday_field{"day of week", 0, 7, day_names};

constexpr std::array<std::pair<std::string_view, std::string_view>, 7> shorthands{
    {{"@yearly", "0 0 1 1 *"},
     {"@annually", "0 0 1 1 *"},
     {"@monthly", "0 0 1 * *"},
     {"@weekly", "0 0 * * 0"},
     {"@daily", "0 0 * * *"},
     {"@midnight", "0 0 * * *"},
     {"@hourly", "0 * * * *"}}};

// Leap days fall on every weekday within 40 years, whatever century they cross.
constexpr days search_max{366 * 40};
// More than any zone's clocks were ever put back or forward.
constexpr hours shift_max{26};

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  constexpr std::string_view blanks = " \t";
  for (auto begin = text.find_first_not_of(blanks); begin != std::string_view::npos;) {
    const auto end = std::min(text.find_first_of(blanks, begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    begin = text.find_first_not_of(blanks, end);
  }
  return words;
}

template <std::size_t Size>
Result<void> fill(std::bitset<Size>& set, const CronField& field, std::string_view text) {
  TRY(const auto values, parse_cron_field(field, text));
  for (const auto value : values)
    set.set(static_cast<std::size_t>(value) % (Size == 7 ? 7 : Size));
  return {};
}

template <std::size_t Size>
bool has(const std::bitset<Size>& set, long value) {
  return set.test(static_cast<std::size_t>(value));
}

LocalSeconds local_of(const ZoneSpan& span, Instant instant) {
  return LocalSeconds(instant.time_since_epoch() + span.offset);
}

Instant instant_of(const ZoneSpan& span, LocalSeconds time) {
  return Instant(time.time_since_epoch() - span.offset);
}

std::unexpected<Error> wrong(std::string detail) {
  return fail(Error{.code = Errc::invalid_argument,
                    .detail = std::move(detail),
                    .field = "cron",
                    .hint = "minute hour day-of-month month day-of-week, or @daily, @hourly, …"});
}

}  // namespace

Result<Cron> Cron::parse(std::string_view text) {
  auto words = words_of(text);
  if (words.size() == 1) {
    const auto known =
        std::ranges::find(shorthands, words.front(), [](auto& s) { return s.first; });
    if (known != shorthands.end()) words = words_of(known->second);
  }
  if (words.size() == 5) words.insert(words.begin(), "0");
  if (words.size() != 6) {
    return wrong("a cron expression has five fields, or six with the second first");
  }
  Cron cron;
  TRY_DO(fill(cron.seconds_, second_field, words[0]));
  TRY_DO(fill(cron.minutes_, minute_field, words[1]));
  TRY_DO(fill(cron.hours_, hour_field, words[2]));
  TRY_DO(fill(cron.days_, day_field, words[3]));
  TRY_DO(fill(cron.months_, month_field, words[4]));
  TRY_DO(fill(cron.weekdays_, weekday_field, words[5]));
  cron.any_hour_ = words[2].starts_with('*');
  cron.any_day_ = words[3].starts_with('*');
  cron.any_weekday_ = words[5].starts_with('*');
  if (!cron.local_at_or_after(local_days(year(2000) / January / 1))) {
    return wrong("there is no such day");
  }
  return cron;
}

bool Cron::fits(local_days day) const {
  const year_month_day date(day);
  if (!has(months_, static_cast<unsigned>(date.month()))) return false;
  const bool day_fits = has(days_, static_cast<unsigned>(date.day()));
  const bool weekday_fits = has(weekdays_, weekday(day).c_encoding());
  if (any_day_ || any_weekday_) return day_fits && weekday_fits;
  return day_fits || weekday_fits;
}

std::optional<seconds> Cron::time_at_or_after(seconds of_day) const {
  const hh_mm_ss start(of_day);
  for (auto h = start.hours().count(); h < 24; ++h) {
    if (!has(hours_, h)) continue;
    const bool same_hour = h == start.hours().count();
    for (auto m = same_hour ? start.minutes().count() : 0; m < 60; ++m) {
      if (!has(minutes_, m)) continue;
      const bool same_minute = same_hour && m == start.minutes().count();
      for (auto s = same_minute ? start.seconds().count() : 0; s < 60; ++s) {
        if (has(seconds_, s)) return hours(h) + minutes(m) + seconds(s);
      }
    }
  }
  return std::nullopt;
}

std::optional<seconds> Cron::time_at_or_before(seconds of_day) const {
  const hh_mm_ss start(of_day);
  for (auto h = start.hours().count(); h >= 0; --h) {
    if (!has(hours_, h)) continue;
    const bool same_hour = h == start.hours().count();
    for (auto m = same_hour ? start.minutes().count() : 59; m >= 0; --m) {
      if (!has(minutes_, m)) continue;
      const bool same_minute = same_hour && m == start.minutes().count();
      for (auto s = same_minute ? start.seconds().count() : 59; s >= 0; --s) {
        if (has(seconds_, s)) return hours(h) + minutes(m) + seconds(s);
      }
    }
  }
  return std::nullopt;
}

std::optional<LocalSeconds> Cron::local_at_or_after(LocalSeconds time) const {
  const auto first = floor<days>(time);
  for (auto day = first; day <= first + search_max; day += days(1)) {
    if (!fits(day)) continue;
    const auto found = time_at_or_after(day == first ? time - first : seconds(0));
    if (found) return day + *found;
  }
  return std::nullopt;
}

std::optional<LocalSeconds> Cron::local_at_or_before(LocalSeconds time) const {
  const auto last = floor<days>(time);
  for (auto day = last; day >= last - search_max; day -= days(1)) {
    if (!fits(day)) continue;
    const auto found = time_at_or_before(day == last ? time - last : days(1) - seconds(1));
    if (found) return day + *found;
  }
  return std::nullopt;
}

Instant first_instant(const Zone& zone, LocalSeconds time) {
  // The spans that may hold this local time lie around it, whatever its offset.
  const Instant around(time.time_since_epoch());
  auto span = zone.span_at(around - shift_max);
  while (instant_of(span, time) >= span.end) {
    const auto next = zone.span_at(span.end);
    // Before the next one begins and not within this one: the clocks were put forward over it.
    if (instant_of(next, time) < next.begin) return next.begin;
    span = next;
  }
  return instant_of(span, time);
}

// By instants: each span has its own local times.
std::optional<Instant> Cron::next_instant(const Zone& zone, Instant instant) const {
  const auto limit = instant + search_max;
  auto from = instant + seconds(1);
  while (from < limit) {
    const auto span = zone.span_at(from);
    const auto local = local_at_or_after(local_of(span, from));
    if (!local) return std::nullopt;
    const auto found = instant_of(span, *local);
    if (found < span.end) return found;
    from = span.end;
  }
  return std::nullopt;
}

std::optional<Instant> Cron::previous_instant(const Zone& zone, Instant instant) const {
  const auto limit = instant - search_max;
  auto until = instant;
  while (until > limit) {
    const auto span = zone.span_at(until);
    const auto local = local_at_or_before(local_of(span, until));
    if (!local) return std::nullopt;
    const auto found = instant_of(span, *local);
    if (found >= span.begin) return found;
    until = span.begin - seconds(1);
  }
  return std::nullopt;
}

std::optional<Instant> Cron::next(const Zone& zone, Instant instant) const {
  if (any_hour_) return next_instant(zone, instant);
  auto local = local_at_or_after(local_of(zone.span_at(instant), instant));
  while (local) {
    const auto found = first_instant(zone, *local);
    if (found > instant) return found;
    local = local_at_or_after(*local + seconds(1));
  }
  return std::nullopt;
}

std::optional<Instant> Cron::previous(const Zone& zone, Instant instant) const {
  if (any_hour_) return previous_instant(zone, instant);
  const auto span = zone.span_at(instant);
  auto latest = local_of(span, instant);
  if (instant - span.begin < shift_max) {
    // While local times repeat, later ones than now have been.
    const auto before = zone.span_at(span.begin - seconds(1));
    latest = std::max(latest, local_of(before, span.begin) - seconds(1));
  }
  auto local = local_at_or_before(latest);
  while (local) {
    const auto found = first_instant(zone, *local);
    if (found <= instant) return found;
    local = local_at_or_before(*local - seconds(1));
  }
  return std::nullopt;
}

}  // namespace trainyard::domain

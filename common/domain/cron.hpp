#pragma once

#include "common/base/error.hpp"
#include "common/domain/zone.hpp"

#include <bitset>
#include <optional>
#include <string_view>

namespace trainyard::domain {

// A cron expression as Vixie cron reads it: minute, hour, day of month, month, day of week, each a
// list of `*`, values and ranges with `/step`; names of months and days; 7 is Sunday too; @yearly,
// @annually, @monthly, @weekly, @daily, @midnight, @hourly; six fields begin with the second.
// When both day fields are restricted (begin with no `*`), a day that fits either one fits.
//
// Where clocks are changed, as cronie has it: with `*` in the hour it follows the instants, so
// skipped local times don't occur and repeated ones occur twice. With given hours each local time
// occurs once a day: the first time when it is repeated, and at the first instant after the gap
// when it is skipped (several of one gap are one occurrence). Pure.
class Cron {
 public:
  // Errors: invalid_argument naming the field and what was expected; also what never comes.
  static Result<Cron> parse(std::string_view text);

  // The first occurrence after `instant`; nullopt when there is none within 40 years.
  std::optional<Instant> next(const Zone& zone, Instant instant) const;
  // The last one at `instant` or before.
  std::optional<Instant> previous(const Zone& zone, Instant instant) const;

 private:
  std::optional<LocalSeconds> local_at_or_after(LocalSeconds time) const;
  std::optional<LocalSeconds> local_at_or_before(LocalSeconds time) const;
  bool fits(std::chrono::local_days day) const;
  std::optional<std::chrono::seconds> time_at_or_after(std::chrono::seconds of_day) const;
  std::optional<std::chrono::seconds> time_at_or_before(std::chrono::seconds of_day) const;
  std::optional<Instant> next_instant(const Zone& zone, Instant instant) const;
  std::optional<Instant> previous_instant(const Zone& zone, Instant instant) const;

  std::bitset<60> seconds_;
  std::bitset<60> minutes_;
  std::bitset<24> hours_;
  std::bitset<32> days_;     // of the month, 1 to 31
  std::bitset<13> months_;   // 1 to 12
  std::bitset<7> weekdays_;  // 0 is Sunday
  bool any_hour_ = false;    // the field begins with *
  bool any_day_ = false;
  bool any_weekday_ = false;
};

// When this local time is: once; the first time when it is repeated; when the clocks are put
// forward over it.
Instant first_instant(const Zone& zone, LocalSeconds time);

}  // namespace trainyard::domain

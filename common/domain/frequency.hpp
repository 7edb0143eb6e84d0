#pragma once

#include "common/base/error.hpp"
#include "common/base/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace trainyard::domain {

enum class Period { year, quarter, month, week, day, business_day, hour, minute, second };

// The spacing of a series: every `count` periods ("15min" is {minute, 15}).
struct Frequency {
  Period period = Period::day;
  int count = 1;
  bool operator==(const Frequency&) const = default;
};

// Takes the words yearly, quarterly, monthly, weekly, daily, hourly and the pandas offset aliases
// that name a fixed spacing (Y YE YS A, Q QE QS, M ME MS, W and W-MON…, D, B, H h, T min, S s, each
// with an optional count in front). Errc::invalid_argument names what is taken.
Result<Frequency> parse_frequency(std::string_view text);

// The word where there is one ("monthly"), else the alias ("15min").
std::string to_string(const Frequency& frequency);

// Periods in the season that the field's benchmarks use: year 1, quarter 4, month 12, week 52,
// day 7, business day 5, hour 24, minute 1440/count… At least 1.
int season_length(const Frequency& frequency);

// The time `steps` periods after (before, when negative) `time`. Calendar-true: a month after 31
// January is the last day of February, and a series of month ends stays on month ends.
TimePoint advance(TimePoint time, const Frequency& frequency, std::int64_t steps);

// The inverse of advance(): how many periods lie between, or nullopt when `to` is not on the grid
// that `from` and the frequency span.
std::optional<std::int64_t> periods_between(TimePoint from, TimePoint to,
                                            const Frequency& frequency);

}  // namespace trainyard::domain

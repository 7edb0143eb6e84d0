#include "common/domain/frequency.hpp"

#include <gtest/gtest.h>

namespace trainyard::domain {
namespace {

using std::chrono::sys_days;

TimePoint day(int y, unsigned m, unsigned d) {
  return sys_days(std::chrono::year(y) / static_cast<int>(m) / static_cast<int>(d));
}

TEST(Frequency, TakesWordsAndPandasAliases) {
  const std::pair<const char*, Frequency> names[] = {
      {"yearly", {Period::year, 1}},    {"A", {Period::year, 1}},
      {"YE-DEC", {Period::year, 1}},    {"quarterly", {Period::quarter, 1}},
      {"QS-OCT", {Period::quarter, 1}}, {"monthly", {Period::month, 1}},
      {"MS", {Period::month, 1}},       {"ME", {Period::month, 1}},
      {"3M", {Period::month, 3}},       {"weekly", {Period::week, 1}},
      {"W-MON", {Period::week, 1}},     {"2W", {Period::week, 2}},
      {"daily", {Period::day, 1}},      {"D", {Period::day, 1}},
      {"B", {Period::business_day, 1}}, {"hourly", {Period::hour, 1}},
      {"h", {Period::hour, 1}},         {"15min", {Period::minute, 15}},
      {"30T", {Period::minute, 30}},    {"10s", {Period::second, 10}},
  };
  for (const auto& [text, expected] : names) {
    const auto frequency = parse_frequency(text);
    ASSERT_TRUE(frequency) << text;
    EXPECT_EQ(*frequency, expected) << text;
  }
}

TEST(Frequency, RefusesOtherTextAndSaysWhatItTakes) {
  for (const auto* text :
       {"", "fortnightly", "0D", "-1D", "W-XYZ", "M-MON", "15", "99999999999D", "MS ", "D-MON"}) {
    const auto frequency = parse_frequency(text);
    ASSERT_FALSE(frequency) << text;
    EXPECT_EQ(frequency.error().field, "frequency");
    EXPECT_FALSE(frequency.error().hint.empty());
  }
}

TEST(Frequency, PrintsWhatItParsesBack) {
  for (const auto* text : {"yearly", "quarterly", "monthly", "weekly", "daily", "hourly", "B",
                           "15min", "2W", "3M", "10s"}) {
    EXPECT_EQ(to_string(*parse_frequency(text)), text);
  }
}

TEST(Frequency, KnowsTheSeasonsOfTheBenchmarks) {
  EXPECT_EQ(season_length({Period::year, 1}), 1);
  EXPECT_EQ(season_length({Period::quarter, 1}), 4);
  EXPECT_EQ(season_length({Period::month, 1}), 12);
  EXPECT_EQ(season_length({Period::month, 3}), 4);
  EXPECT_EQ(season_length({Period::week, 1}), 52);
  EXPECT_EQ(season_length({Period::day, 1}), 7);
  EXPECT_EQ(season_length({Period::day, 3}), 1);
  EXPECT_EQ(season_length({Period::business_day, 1}), 5);
  EXPECT_EQ(season_length({Period::hour, 1}), 24);
  EXPECT_EQ(season_length({Period::minute, 15}), 96);
}

TEST(Frequency, AdvancesByTheCalendar) {
  const Frequency month{Period::month, 1};
  EXPECT_EQ(advance(day(2023, 1, 31), month, 1), day(2023, 2, 28));
  EXPECT_EQ(advance(day(2024, 1, 31), month, 1), day(2024, 2, 29));
  EXPECT_EQ(advance(day(2023, 2, 28), month, 1), day(2023, 3, 31)) << "month ends stay";
  EXPECT_EQ(advance(day(2023, 1, 30), month, 1), day(2023, 2, 28));
  EXPECT_EQ(advance(day(2023, 1, 15), month, -13), day(2021, 12, 15));
  EXPECT_EQ(advance(day(2024, 2, 29), {Period::year, 1}, 1), day(2025, 2, 28));
  EXPECT_EQ(advance(day(2023, 11, 1), {Period::quarter, 1}, 1), day(2024, 2, 1));
  EXPECT_EQ(advance(day(2023, 1, 2), {Period::week, 2}, 1), day(2023, 1, 16));
  const Frequency business{Period::business_day, 1};
  EXPECT_EQ(advance(day(2024, 1, 5), business, 1), day(2024, 1, 8)) << "Friday to Monday";
  EXPECT_EQ(advance(day(2024, 1, 8), business, -1), day(2024, 1, 5));
  EXPECT_EQ(advance(day(1969, 12, 26), business, 5), day(1970, 1, 2)) << "before and after 1970";
  EXPECT_EQ(advance(day(2024, 1, 1), {Period::hour, 6}, 5),
            day(2024, 1, 2) + std::chrono::hours(6));
}

TEST(Frequency, CountsPeriodsAsTheInverseOfAdvancing) {
  const TimePoint starts[] = {day(2020, 1, 31), day(2020, 1, 1), day(2019, 12, 30)};
  for (int period = 0; period <= static_cast<int>(Period::second); ++period) {
    for (const int count : {1, 2, 15}) {
      const Frequency frequency{static_cast<Period>(period), count};
      for (const auto start : starts) {
        for (const int steps : {-25, -1, 0, 1, 13, 100}) {
          EXPECT_EQ(periods_between(start, advance(start, frequency, steps), frequency), steps)
              << to_string(frequency) << " " << to_iso8601(start) << " " << steps;
        }
      }
    }
  }
  EXPECT_FALSE(periods_between(day(2020, 1, 1), day(2020, 2, 2), {Period::month, 1}));
  EXPECT_FALSE(periods_between(day(2020, 1, 1), day(2020, 1, 4), {Period::business_day, 1}));
  EXPECT_FALSE(periods_between(day(2020, 1, 1), day(2020, 1, 3), {Period::week, 1}));
}

}  // namespace
}  // namespace trainyard::domain

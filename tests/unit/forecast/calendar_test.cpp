#include "tests/unit/forecast/series_builder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iterator>

namespace trainyard::forecast {
namespace {

using domain::Frequency;
using domain::Period;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

using Rows = std::vector<std::pair<TimePoint, double>>;

Rows every(TimePoint first, TimePoint last, std::chrono::seconds step) {
  Rows rows;
  for (auto time = first; time <= last; time += step)
    rows.emplace_back(time, static_cast<double>(rows.size() % 7) + 10);
  return rows;
}

constexpr std::chrono::hours hour{1};

// The ISO year 2020 has 53 weeks.
TEST(Calendar, PassesA53rdWeekWithoutAGap) {
  const auto series = prepare(
      rows_of(every(day(2020, 1, 6), day(2021, 12, 27), std::chrono::days(7))), std::nullopt);
  ASSERT_TRUE(series) << describe(series.error());
  EXPECT_EQ(series->frequency, (Frequency{Period::week, 1}));
  EXPECT_EQ(series->quality.interpolated, 0);
  EXPECT_EQ(series->future(1).front(), day(2022, 1, 3));
}

TEST(Calendar, CountsALeapDayAndFillsOneThatIsLeftOut) {
  auto rows = every(day(2024, 1, 1), day(2024, 3, 31), std::chrono::days(1));
  EXPECT_EQ(prepare(rows_of(rows), std::nullopt)->quality.interpolated, 0);
  std::erase_if(rows, [](const auto& row) { return row.first == day(2024, 2, 29); });
  const auto series = prepare(rows_of(rows), std::nullopt);
  ASSERT_TRUE(series);
  EXPECT_EQ(series->y.size(), 91U);
  EXPECT_EQ(series->quality.interpolated, 1);
  EXPECT_THAT(series->quality.warnings, ElementsAre(HasSubstr("1 of 91 periods had no value")));
}

TEST(Calendar, ContinuesYearsFromALeapDay) {
  const auto series = prepare(
      regular_rows(day(2016, 2, 29), {Period::year, 1}, {1, 2, 3, 4, 5, 6, 7}), std::nullopt);
  ASSERT_TRUE(series) << describe(series.error());
  EXPECT_EQ(series->frequency, (Frequency{Period::year, 1}));
  EXPECT_THAT(series->future(2), ElementsAre(day(2023, 2, 28), day(2024, 2, 29)));
}

// Ends of the months of a retail year of 52 weeks, 4-4-5, from 30 January 2021 on.
Rows fiscal_months(int count) {
  Rows rows;
  auto time = day(2021, 1, 30);
  for (int i = 0; i < count; ++i) {
    rows.emplace_back(time, static_cast<double>(i % 7) + 10);
    time += std::chrono::weeks(i % 3 == 1 ? 5 : 4);
  }
  return rows;
}

TEST(Calendar, TakesMonthsOfFourAndFiveWeeksAsMonths) {
  const auto rows = fiscal_months(30);
  for (const auto stated :
       {std::optional<Frequency>{}, std::optional(Frequency{Period::month, 1})}) {
    const auto series = prepare(rows_of(rows), stated);
    ASSERT_TRUE(series) << describe(series.error());
    EXPECT_EQ(series->frequency, (Frequency{Period::month, 1}));
    EXPECT_EQ(series->season_length, 12);
    EXPECT_EQ(series->quality.interpolated, 0);
    EXPECT_EQ(series->dates(7, 1).front(), rows[7].first) << "the file's own date";
    EXPECT_EQ(series->future(1).front(), domain::advance(rows.back().first, {Period::month, 1}, 1));
    EXPECT_THAT(series->quality.warnings, Contains(HasSubstr("four and five weeks")));
  }
}

TEST(Calendar, TakesAFiscalYearOf53WeeksForNoGap) {
  auto rows = fiscal_months(30);
  for (std::size_t i = 12; i < rows.size(); ++i)
    rows[i].first += std::chrono::weeks(1);
  const auto series = prepare(rows_of(rows), std::nullopt);
  ASSERT_TRUE(series) << describe(series.error());
  EXPECT_EQ(series->frequency, (Frequency{Period::month, 1}));
  EXPECT_EQ(series->y.size(), 30U);
}

TEST(Calendar, KeepsFourWeeksInTurnAsTheyAre) {
  const auto series = prepare(
      rows_of(every(day(2021, 1, 30), day(2022, 1, 29), std::chrono::weeks(4))), std::nullopt);
  ASSERT_TRUE(series);
  EXPECT_EQ(series->frequency, (Frequency{Period::week, 4}));
}

TEST(Calendar, TakesTheLastBusinessDaysOfMonthsAsMonths) {
  const Rows rows{{day(2024, 1, 31), 1}, {day(2024, 2, 29), 2}, {day(2024, 3, 28), 3},
                  {day(2024, 4, 30), 4}, {day(2024, 5, 31), 5}, {day(2024, 6, 28), 6},
                  {day(2024, 8, 30), 8}, {day(2024, 9, 30), 9}};
  const auto series = prepare(rows_of(rows), std::nullopt);
  ASSERT_TRUE(series) << describe(series.error());
  EXPECT_EQ(series->frequency, (Frequency{Period::month, 1}));
  EXPECT_THAT(series->y, ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9)) << "July is filled";
  EXPECT_EQ(series->dates(2, 1).front(), day(2024, 3, 28));
  EXPECT_EQ(series->future(1).front(), day(2024, 10, 31));
  EXPECT_THAT(series->quality.warnings, Contains(HasSubstr("last days of their months")));
}

TEST(Calendar, TakesWeeksThatStartOnAnyDay) {
  for (int offset = 0; offset < 7; ++offset) {
    const auto first = day(2023, 12, 1) + std::chrono::days(offset);
    const auto series = prepare(
        rows_of(every(first, first + std::chrono::weeks(60), std::chrono::weeks(1))), std::nullopt);
    ASSERT_TRUE(series);
    EXPECT_EQ(series->frequency, (Frequency{Period::week, 1}));
    EXPECT_EQ(series->future(1).front(), first + std::chrono::weeks(61));
  }
}

TEST(Calendar, KeepsTheDatesOfRowsThatDoNotFitTheStatedFrequency) {
  const Rows rows{
      {day(2020, 1, 1), 1}, {day(2020, 1, 5), 2}, {day(2020, 3, 2), 3}, {day(2020, 3, 3), 4}};
  const auto series = prepare(rows_of(rows), Frequency{Period::year, 1});
  ASSERT_TRUE(series);
  EXPECT_THAT(series->dates(0, 4),
              ElementsAre(day(2020, 1, 1), day(2020, 1, 5), day(2020, 3, 2), day(2020, 3, 3)));
}

TEST(Calendar, FillsTheHourThatSpringLeavesOut) {
  auto rows = every(day(2024, 3, 28), day(2024, 4, 3), hour);
  std::erase_if(rows, [](const auto& row) { return row.first == day(2024, 3, 31) + 2 * hour; });
  const auto series = prepare(rows_of(rows), std::nullopt);
  ASSERT_TRUE(series) << describe(series.error());
  EXPECT_EQ(series->frequency, (Frequency{Period::hour, 1}));
  EXPECT_EQ(series->quality.interpolated, 1);
}

TEST(Calendar, RefusesTheHourThatAutumnRepeatsAndSaysWhatToDo) {
  auto rows = every(day(2024, 10, 25), day(2024, 10, 30), hour);
  rows.emplace_back(day(2024, 10, 27) + 2 * hour, 5.0);
  const auto series = prepare(rows_of(rows), std::nullopt);
  ASSERT_FALSE(series);
  EXPECT_THAT(series.error().detail, HasSubstr("2024-10-27T02:00:00"));
  EXPECT_THAT(series.error().hint, HasSubstr("clocks were set back"));
}

TEST(Calendar, SaysNothingOfClocksWhereADayComesTwice) {
  const auto series =
      prepare(rows_of({{day(2024, 1, 1), 1}, {day(2024, 1, 1), 2}, {day(2024, 1, 2), 2}}), {});
  ASSERT_FALSE(series);
  EXPECT_THAT(series.error().hint, Not(HasSubstr("clocks")));
}

TEST(Calendar, NamesTwoFrequenciesThatShareAGrid) {
  auto rows = every(day(2024, 1, 1), day(2024, 2, 26), std::chrono::days(7));
  std::ranges::copy(every(day(2024, 2, 27), day(2024, 5, 31), std::chrono::days(1)),
                    std::back_inserter(rows));
  const auto series = prepare(rows_of(rows), std::nullopt);
  ASSERT_TRUE(series) << describe(series.error());
  EXPECT_THAT(series->quality.warnings,
              Contains(AllOf(HasSubstr("weekly until 2024-02-26, then daily"),
                             HasSubstr("taken as daily"))));
}

TEST(Calendar, RefusesTwoFrequenciesThatShareNone) {
  Rows rows = every(day(2024, 1, 1), day(2024, 1, 7), std::chrono::days(1));
  for (int month = 2; month <= 12; ++month)
    rows.emplace_back(day(2024, month, 7), 1.0);
  const auto series = prepare(rows_of(rows), std::nullopt);
  ASSERT_FALSE(series);
  EXPECT_THAT(series.error().detail, HasSubstr("daily until 2024-01-07, then monthly"));
}

TEST(Calendar, TakesHolidaysForNoSecondFrequency) {
  auto rows =
      regular_rows(day(2024, 1, 1), {Period::business_day, 1}, std::vector<double>(60, 0.0));
  for (std::size_t i = 0; i < rows.observations.size(); ++i)
    rows.observations[i].value = static_cast<double>(i % 5) + 1;
  EXPECT_THAT(prepare(rows, std::nullopt)->quality.warnings, IsEmpty());
  rows.observations.erase(rows.observations.begin() + 5);
  EXPECT_THAT(prepare(rows, std::nullopt)->quality.warnings,
              ElementsAre(HasSubstr("1 of 60 periods")));
}

}  // namespace
}  // namespace trainyard::forecast

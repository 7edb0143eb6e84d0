#include "worker/forecast/prepare.hpp"

#include "tests/unit/forecast/series_builder.hpp"
#include "worker/forecast/infer_frequency.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace trainyard::forecast {
namespace {

using domain::Frequency;
using domain::Period;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

struct Spacing {
  TimePoint start;
  Frequency frequency;
};

TEST(InferFrequency, RecognisesEveryCalendarSpacing) {
  const Spacing spacings[] = {
      {day(1990, 12, 31), {Period::year, 1}},       {day(2000, 1, 1), {Period::quarter, 1}},
      {day(2000, 3, 31), {Period::quarter, 1}},     {day(2000, 1, 1), {Period::month, 1}},
      {day(2000, 1, 31), {Period::month, 1}},       {day(2000, 1, 28), {Period::month, 1}},
      {day(2000, 2, 29), {Period::month, 1}},       {day(2000, 1, 1), {Period::month, 2}},
      {day(2024, 1, 1), {Period::week, 1}},         {day(2024, 1, 7), {Period::week, 1}},
      {day(2024, 1, 1), {Period::week, 2}},         {day(2024, 1, 1), {Period::day, 1}},
      {day(2024, 1, 1), {Period::business_day, 1}}, {day(2024, 1, 1), {Period::hour, 1}},
      {day(2024, 1, 1), {Period::hour, 6}},         {day(2024, 1, 1), {Period::minute, 15}},
      {day(2024, 1, 1), {Period::second, 10}},
  };
  for (const auto& spacing : spacings) {
    std::vector<TimePoint> times;
    for (int i = 0; i < 30; ++i)
      times.push_back(domain::advance(spacing.start, spacing.frequency, i));
    EXPECT_EQ(infer_frequency(times), spacing.frequency) << domain::to_string(spacing.frequency);
    times.erase(times.begin() + 11, times.begin() + 13);
    EXPECT_EQ(infer_frequency(times), spacing.frequency)
        << domain::to_string(spacing.frequency) << " with a gap";
  }
}

TEST(InferFrequency, DoesNotGuessFromOddDates) {
  std::vector<TimePoint> times;
  for (int i = 0; i < 24; ++i)
    times.push_back(domain::advance(day(2020, 1, 1), {Period::month, 1}, i));
  times[10] += std::chrono::days(1);
  EXPECT_FALSE(infer_frequency(times));
  EXPECT_FALSE(infer_frequency(std::vector{day(2020, 1, 1)}));
}

TEST(Prepare, SortsAndSaysSo) {
  const auto series = prepare(
      rows_of({{day(2020, 3, 1), 3}, {day(2020, 1, 1), 1}, {day(2020, 2, 1), 2}}), std::nullopt);
  ASSERT_TRUE(series) << describe(series.error());
  EXPECT_THAT(series->y, ElementsAre(1, 2, 3));
  EXPECT_TRUE(series->quality.was_unsorted);
  EXPECT_EQ(series->start, day(2020, 1, 1));
  EXPECT_EQ(series->season_length, 12);
}

TEST(Prepare, FillsMissingRowsAndMissingValuesAndCountsThem) {
  const auto series = prepare(rows_of({{day(2020, 1, 1), 1},
                                       {day(2020, 2, 1), missing},
                                       {day(2020, 3, 1), 3},
                                       {day(2020, 6, 1), 6},
                                       {day(2020, 7, 1), 8}}),
                              std::nullopt);
  ASSERT_TRUE(series) << describe(series.error());
  EXPECT_THAT(series->y, ElementsAre(1, 2, 3, 4, 5, 6, 8));
  EXPECT_EQ(series->quality.interpolated, 3);
  EXPECT_EQ(series->quality.periods, 7);
  EXPECT_EQ(series->quality.rows, 5);
}

TEST(Prepare, StartsAndEndsWithAValue) {
  const auto series = prepare(rows_of({{day(2020, 1, 1), missing},
                                       {day(2020, 2, 1), 2},
                                       {day(2020, 3, 1), 3},
                                       {day(2020, 4, 1), missing}}),
                              std::nullopt);
  ASSERT_TRUE(series);
  EXPECT_THAT(series->y, ElementsAre(2, 3));
  EXPECT_EQ(series->start, day(2020, 2, 1));
  EXPECT_THAT(series->future(2), ElementsAre(day(2020, 4, 1), day(2020, 5, 1)));
}

TEST(Prepare, ContinuesMonthEndsAndBusinessDays) {
  const auto monthly = prepare(regular_rows(day(2023, 10, 31), {Period::month, 1}, {1, 2, 3}), {});
  EXPECT_THAT(monthly->future(3),
              ElementsAre(day(2024, 1, 31), day(2024, 2, 29), day(2024, 3, 31)));
  const auto fixed = prepare(regular_rows(day(2022, 12, 28), {Period::month, 1}, {1, 2, 3}), {});
  EXPECT_THAT(fixed->future(2), ElementsAre(day(2023, 3, 28), day(2023, 4, 28)));
  const auto business = prepare(
      regular_rows(day(2024, 1, 1), {Period::business_day, 1}, {1, 2, 3, 4, 5, 6, 7, 8, 9}), {});
  EXPECT_EQ(business->frequency, (Frequency{Period::business_day, 1}));
  EXPECT_EQ(business->future(2).back(), day(2024, 1, 15));
}

TEST(Prepare, TakesDatesThatDoNotFitAsConsecutivePeriods) {
  const auto series = prepare(regular_rows(day(2020, 1, 1), {Period::day, 1}, {1, 2, 3, 4}),
                              Frequency{Period::year, 1});
  ASSERT_TRUE(series) << describe(series.error());
  EXPECT_EQ(series->frequency, (Frequency{Period::year, 1}));
  EXPECT_EQ(series->season_length, 1);
  EXPECT_THAT(series->y, ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(series->future(2), ElementsAre(day(2020, 1, 5), day(2020, 1, 6)));
  EXPECT_THAT(series->quality.warnings, Contains(HasSubstr("do not fit the stated frequency")));
}

TEST(Prepare, StatesAFrequencyForDatesThatFollowNone) {
  const auto rows = rows_of(
      {{day(2020, 1, 1), 1}, {day(2020, 1, 5), 2}, {day(2020, 3, 2), 3}, {day(2020, 3, 3), 4}});
  const auto refused = prepare(rows, std::nullopt);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().hint, HasSubstr("frequency"));
  const auto taken = prepare(rows, Frequency{Period::month, 1});
  ASSERT_TRUE(taken);
  EXPECT_THAT(taken->y, ElementsAre(1, 2, 3, 4));
}

TEST(Prepare, RefusesDuplicatesWithBothRows) {
  const auto series = prepare(
      rows_of({{day(2020, 1, 1), 1}, {day(2020, 2, 1), 2}, {day(2020, 1, 1), 3}}), std::nullopt);
  ASSERT_FALSE(series);
  EXPECT_EQ(series.error().row, 4);
  EXPECT_THAT(series.error().detail, HasSubstr("rows 2 and 4 both have the date 2020-01-01"));
  EXPECT_EQ(category_of(series.error()), Category::data);
}

TEST(Prepare, RefusesTooFewValues) {
  for (const auto& rows : {rows_of({}), rows_of({{day(2020, 1, 1), 1}}),
                           rows_of({{day(2020, 1, 1), missing}, {day(2020, 2, 1), missing}}),
                           rows_of({{day(2020, 1, 1), 1}, {day(2020, 2, 1), missing}})}) {
    const auto series = prepare(rows, std::nullopt);
    ASSERT_FALSE(series);
    EXPECT_THAT(series.error().detail, HasSubstr("at least 2"));
    EXPECT_EQ(category_of(series.error()), Category::data);
  }
}

TEST(Prepare, PassesOnWhatTheReaderFound) {
  auto rows = rows_of({{day(2020, 1, 1), 1}, {day(2020, 2, 1), 2}});
  rows.problem = Error{.code = Errc::invalid_argument, .detail = "bad cell", .row = 3};
  EXPECT_EQ(prepare(rows, std::nullopt).error().detail, "bad cell");
}

TEST(Prepare, NotesConstantAndZeroSeries) {
  const auto constant = prepare(regular_rows(day(2020, 1, 1), {Period::month, 1}, {5, 5, 5}), {});
  EXPECT_TRUE(constant->quality.is_constant);
  EXPECT_FALSE(constant->quality.is_zero);
  const auto zero = prepare(regular_rows(day(2020, 1, 1), {Period::month, 1}, {0, 0, 0}), {});
  EXPECT_TRUE(zero->quality.is_zero);
  EXPECT_THAT(zero->quality.warnings, Contains("all values are zero"));
}

TEST(Prepare, KeepsTheFutureOfCovariates) {
  auto rows = regular_rows(day(2020, 1, 1), {Period::month, 1}, {1, 2, missing, missing});
  rows.covariates = {{10, missing, 30, 40}};
  const auto series = prepare(rows, std::nullopt);
  ASSERT_TRUE(series);
  EXPECT_THAT(series->y, ElementsAre(1, 2));
  EXPECT_THAT(series->covariates[0], ElementsAre(10, 20, 30, 40));
}

}  // namespace
}  // namespace trainyard::forecast

#include "tests/unit/forecast/series_builder.hpp"
#include "worker/forecast/unusual_values.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace trainyard::forecast {
namespace {

using domain::Frequency;
using domain::Period;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
constexpr Frequency monthly{Period::month, 1};

// Trend, season and noise: nothing that is out of place.
std::vector<double> clean(std::size_t count, unsigned seed = 1) {
  std::mt19937 random(seed);
  std::vector<double> y;
  for (std::size_t i = 0; i < count; ++i) {
    const double noise = static_cast<double>(random() % 1000) / 100.0;
    const double season = 20.0 * std::sin(2.0 * M_PI * static_cast<double>(i) / 12.0);
    y.push_back(200.0 + static_cast<double>(i) + season + noise);
  }
  return y;
}

DataQuality quality_of(const std::vector<double>& y) {
  const auto series = prepare(regular_rows(day(2015, 1, 1), monthly, y), monthly);
  EXPECT_TRUE(series);
  return series ? series->quality : DataQuality{};
}

TEST(DataFindings, FindNothingInCleanSeries) {
  for (unsigned seed = 1; seed <= 50; ++seed)
    EXPECT_THAT(quality_of(clean(120, seed)).warnings, IsEmpty()) << seed;
  std::vector<double> line;
  std::vector<double> growth;
  for (int i = 0; i < 60; ++i) {
    line.push_back(i + 1.0);
    growth.push_back(std::pow(1.2, i));
  }
  EXPECT_THAT(quality_of(line).warnings, IsEmpty());
  EXPECT_THAT(quality_of(growth).warnings, IsEmpty());
}

TEST(DataFindings, DateOutliersAndKeepThem) {
  auto y = clean(120);
  y[30] = 900;
  y[119] = 20;
  const auto series = prepare(regular_rows(day(2015, 1, 1), monthly, y), monthly);
  ASSERT_TRUE(series);
  EXPECT_EQ(series->y, y);
  const auto& outliers = series->quality.findings.outliers;
  EXPECT_EQ(outliers.count, 2);
  EXPECT_THAT(outliers.first, ElementsAre(day(2017, 7, 1), day(2024, 12, 1)));
  EXPECT_THAT(series->quality.warnings,
              ElementsAre(AllOf(HasSubstr("2 outliers"), HasSubstr("2017-07-01, 2024-12-01"),
                                HasSubstr("kept"))));
}

TEST(DataFindings, ListTheFirstFiveDatesOnly) {
  auto y = clean(120);
  for (std::size_t i = 5; i < 120; i += 17)
    y[i] = 2000;
  const auto quality = quality_of(y);
  EXPECT_EQ(quality.findings.outliers.count, 7);
  EXPECT_EQ(quality.findings.outliers.first.size(), 5U);
  EXPECT_THAT(quality.warnings, ElementsAre(HasSubstr(", …)")));
}

TEST(DataFindings, TakeASeasonalPeakForNoOutlier) {
  auto y = clean(60);
  for (std::size_t i = 11; i < 60; i += 12)
    y[i] *= 3;
  EXPECT_EQ(quality_of(y).findings.outliers.count, 0);
}

TEST(DataFindings, TellALevelShiftFromOutliers) {
  for (const double change : {-150.0, 150.0}) {
    auto y = clean(120);
    for (std::size_t i = 70; i < 120; ++i)
      y[i] += change;
    const auto quality = quality_of(y);
    EXPECT_THAT(quality.findings.level_shifts.first, ElementsAre(day(2020, 11, 1))) << change;
    EXPECT_EQ(quality.findings.outliers.count, 0) << change;
    EXPECT_THAT(quality.warnings, ElementsAre(HasSubstr("1 sudden change of level (2020-11-01)")));
  }
}

TEST(DataFindings, StayFiniteAtTheEndsOfTheRange) {
  auto y = clean(60);
  for (auto& value : y)
    value *= 1e305;
  y[20] = -1.7e308;
  EXPECT_THAT(quality_of(y).findings.outliers.first, ElementsAre(day(2016, 9, 1)));
  EXPECT_THAT(unusual_values(std::vector<double>(24, 0.0), 12).outliers, IsEmpty());
}

struct PatternCase {
  DemandPattern pattern;
  std::vector<double> y;
};

TEST(DataFindings, ClassifyDemandBySyntetosBoylanAndCroston) {
  const PatternCase cases[] = {
      {DemandPattern::smooth, {5, 6, 5, 6, 5, 0, 5, 6, 5, 6, 5, 6}},
      {DemandPattern::erratic, {1, 1, 1, 20, 1, 1, 1, 20, 1, 1, 1, 1}},
      {DemandPattern::intermittent, {0, 5, 0, 6, 0, 0, 5, 0, 6, 0, 5, 0}},
      {DemandPattern::lumpy, {0, 1, 0, 20, 0, 0, 1, 0, 1, 0, 1, 0}},
  };
  for (const auto& each : cases) {
    const auto quality = quality_of(each.y);
    ASSERT_TRUE(quality.findings.demand);
    EXPECT_EQ(to_string(quality.findings.demand->pattern), to_string(each.pattern));
  }
  const auto seldom = quality_of(cases[2].y);
  EXPECT_EQ(seldom.findings.zeros, 7);
  EXPECT_DOUBLE_EQ(seldom.findings.demand->interval, 10.0 / 5.0) << "from the first to the last";
  EXPECT_NEAR(seldom.findings.demand->variation, 0.24 / (5.4 * 5.4), 1e-12);
  EXPECT_THAT(seldom.warnings, Contains(AllOf(HasSubstr("intermittent"), HasSubstr("croston"))));
  EXPECT_FALSE(quality_of({0, 0, 0}).findings.demand);
  EXPECT_FALSE(quality_of({1, -1, 2}).findings.demand);
}

TEST(DataFindings, CallDemandSmoothThatBeganLate) {
  auto y = clean(60);
  std::fill_n(y.begin(), 25, 0.0);
  EXPECT_EQ(to_string(quality_of(y).findings.demand->pattern), "smooth");
}

TEST(DataFindings, TakeOddNegativesForErrorsAndSayWhatNegativesRuleOut) {
  auto odd = clean(60);
  odd[7] = -odd[7];
  EXPECT_THAT(quality_of(odd).warnings,
              Contains(AllOf(HasSubstr("1 value below zero"), HasSubstr("2015-08-01"),
                             HasSubstr("check for returns"), HasSubstr("multiplied"))));
  std::vector<double> is_signed = clean(60);
  for (auto& value : is_signed)
    value -= 230;
  EXPECT_GT(quality_of(is_signed).findings.negatives.count, 3);
  EXPECT_THAT(quality_of(is_signed).warnings,
              ElementsAre(AllOf(HasSubstr("values are below zero"), HasSubstr("multiplied"))));
}

TEST(DataFindings, NameZerosBeforeAndAfterTheRest) {
  auto y = clean(60);
  std::fill_n(y.begin(), 4, 0.0);
  std::fill_n(y.rbegin(), 3, 0.0);
  const auto quality = quality_of(y);
  EXPECT_EQ(quality.findings.leading_zeros, 4);
  EXPECT_EQ(quality.findings.trailing_zeros, 3);
  EXPECT_THAT(quality.warnings, Contains(HasSubstr("the first 4 values are zero")));
  EXPECT_THAT(quality.warnings, Contains(HasSubstr("the last 3 values are zero")));
}

TEST(DataFindings, NameGapsBeforeAndAfterTheRest) {
  auto y = clean(60);
  y[0] = y[1] = y[30] = y[59] = missing;
  const auto quality = quality_of(y);
  EXPECT_EQ(quality.leading_gaps, 2);
  EXPECT_EQ(quality.trailing_gaps, 1);
  EXPECT_THAT(quality.warnings,
              ElementsAre(HasSubstr("1 of 57 periods had no value: filled by straight lines"),
                          HasSubstr("2 empty periods before the first value: left out"),
                          HasSubstr("1 empty period after the last value: left out")));
}

TEST(DataFindings, CallNothingUnusualInFewerThanTwelveValues) {
  for (std::size_t count = 2; count < 12; ++count) {
    auto y = clean(count);
    y.back() = 1e6;
    const auto quality = quality_of(y);
    EXPECT_EQ(quality.findings.outliers.count, 0) << count;
    EXPECT_THAT(quality.warnings, ElementsAre(HasSubstr("outliers and level shifts")));
  }
}

}  // namespace
}  // namespace trainyard::forecast

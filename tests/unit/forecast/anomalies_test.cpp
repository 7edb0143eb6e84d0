#include "worker/forecast/anomalies.hpp"

#include "tests/unit/forecast/series_builder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace trainyard::forecast {
namespace {

using testing::DoubleNear;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Optional;

constexpr double none = std::numeric_limits<double>::quiet_NaN();

PreparedSeries monthly(const std::vector<double>& values) {
  return *prepare(regular_rows(day(2020, 1, 1), {domain::Period::month, 1}, values), {});
}

// 100 ± 1, ± 2, ± 3 in turns.
std::vector<double> wavering(std::size_t count, double level = 100) {
  std::vector<double> values;
  for (std::size_t i = 0; i < count; ++i)
    values.push_back(level + static_cast<double>(i % 3 + 1) * (i % 2 == 0 ? 1 : -1));
  return values;
}

models::InSample always(double value, std::size_t count, std::size_t first = 0) {
  return {.first = first, .values = std::vector(count, value)};
}

TEST(Anomalies, ListWhatLiesBeyondTheThresholdWithItsDirection) {
  auto values = wavering(36);
  values[10] = 160;
  values[20] = 70;
  const auto found = find_anomalies(monthly(values), always(100, 36), 3.5);
  ASSERT_EQ(found.count, 2);
  EXPECT_EQ(found.judged, 36);
  EXPECT_EQ(found.listed[0].date, day(2020, 11, 1));
  EXPECT_EQ(found.listed[0].value, 160);
  EXPECT_EQ(found.listed[0].expected, 100);
  EXPECT_GT(found.listed[0].score, 3.5);
  EXPECT_EQ(found.listed[1].date, day(2021, 9, 1));
  EXPECT_LT(found.listed[1].score, -3.5);
  EXPECT_EQ(found.threshold, 3.5);
}

TEST(Anomalies, ScoreByTheMedianAbsoluteDeviation) {
  // Around 0, so that only the residuals themselves are scored: their median is 0, their median
  // absolute deviation 2, which makes 2 · 1.4826 · 37 / (37 - 0.8).
  auto values = wavering(36, 0);
  values.push_back(50);
  const auto found = find_anomalies(monthly(values), always(0, 37), 3.5);
  const double spread = 2 * 1.4826 * 37 / 36.2;
  EXPECT_THAT(found.spread, Optional(DoubleNear(spread, 1e-12)));
  EXPECT_THAT(found.scores[36], Optional(DoubleNear(49 / spread, 0.4)));
}

TEST(Anomalies, FollowTheThreshold) {
  auto values = wavering(36, 0);
  values[10] = 15;
  const auto series = monthly(values);
  EXPECT_EQ(find_anomalies(series, always(0, 36), 3.5).count, 1);
  EXPECT_EQ(find_anomalies(series, always(0, 36), 6).count, 0);
}

TEST(Anomalies, TakeNoiseThatGrowsWithTheLevelForNone) {
  std::vector<double> values;
  models::InSample expected;
  for (int i = 0; i < 60; ++i) {
    expected.values.push_back(100 * std::exp(0.1 * i));
    values.push_back(expected.values.back() * (1 + 0.01 * (i % 3 + 1) * (i % 2 == 0 ? 1 : -1)));
  }
  EXPECT_EQ(find_anomalies(monthly(values), expected, 3.5).count, 0);
  values[5] *= 1.5;
  EXPECT_EQ(find_anomalies(monthly(values), expected, 3.5).count, 0)
      << "far off by its own level, but not by that of the series";
  values[55] *= 1.5;
  const auto found = find_anomalies(monthly(values), expected, 3.5);
  ASSERT_EQ(found.count, 1);
  EXPECT_EQ(found.listed[0].period, 55U);
}

TEST(Anomalies, NeitherScoreNorCountFilledGaps) {
  auto values = wavering(36);
  values[10] = none;
  values[11] = 160;
  const auto found = find_anomalies(monthly(values), always(100, 36), 3.5);
  EXPECT_EQ(found.judged, 35);
  EXPECT_FALSE(found.scores[10]) << "130 on a straight line to 160";
  EXPECT_EQ(found.count, 1);
}

TEST(Anomalies, LeaveOutWhatTheModelNeedsToGetStarted) {
  auto values = wavering(36);
  values[0] = 500;
  const auto found = find_anomalies(monthly(values), always(100, 24, 12), 3.5);
  EXPECT_EQ(found.judged, 24);
  EXPECT_FALSE(found.scores[11]);
  EXPECT_TRUE(found.scores[12]);
  EXPECT_EQ(found.count, 0);
}

TEST(Anomalies, SayWhyNoneAreLookedFor) {
  const auto few = find_anomalies(monthly(wavering(14)), always(100, 11, 3), 3.5);
  EXPECT_THAT(few.unjudged, HasSubstr("11 values"));
  EXPECT_THAT(few.unjudged, HasSubstr("12 are needed"));
  EXPECT_EQ(few.judged, 0);
  EXPECT_FALSE(few.spread);
  const auto silent = find_anomalies(monthly(wavering(36)), {}, 3.5);
  EXPECT_THAT(silent.unjudged, HasSubstr("does not say what it expected"));
  EXPECT_THAT(find_anomalies(monthly(wavering(36)), always(100, 36), 3.5).unjudged, IsEmpty());
}

TEST(Anomalies, FindTheOneOddValueOfAConstantSeries) {
  std::vector<double> values(24, 100.0);
  EXPECT_EQ(find_anomalies(monthly(values), always(100, 24), 3.5).count, 0);
  values[7] = 101;
  const auto found = find_anomalies(monthly(values), always(100, 24), 3.5);
  ASSERT_EQ(found.count, 1);
  EXPECT_EQ(found.listed[0].period, 7U);
}

TEST(Anomalies, TakeRoundingForNone) {
  std::vector<double> values(24, 0.3);
  auto expected = always(0.3, 24);
  expected.values[5] = 0.1 + 0.2;
  EXPECT_EQ(find_anomalies(monthly(values), expected, 3.5).count, 0);
}

TEST(Anomalies, StayFiniteAtTheEndsOfTheRange) {
  std::vector<double> values(24, 1e308);
  for (std::size_t i = 0; i < values.size(); i += 2)
    values[i] = -1e308;
  const auto found = find_anomalies(monthly(values), always(1e308, 24), 1);
  ASSERT_TRUE(found.spread);
  EXPECT_TRUE(std::isfinite(*found.spread));
  for (const auto& score : found.scores)
    EXPECT_TRUE(score && std::isfinite(*score));
}

TEST(Anomalies, ListNoMoreThanAThousandTheFurthestByDate) {
  std::vector<double> values(9'000, 0.0);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = i % 6 == 0 ? 1'000 + static_cast<double>(i) : static_cast<double>(i % 5);
  const auto found = find_anomalies(monthly(values), always(0, values.size()), 3.5);
  EXPECT_EQ(found.count, 1'500);
  ASSERT_EQ(found.listed.size(), anomalies_listed_max);
  EXPECT_EQ(found.listed.front().period, 3'000U) << "the last 1000 of them lie furthest";
  EXPECT_TRUE(std::ranges::is_sorted(found.listed, {}, &Anomaly::date));
}

}  // namespace
}  // namespace trainyard::forecast

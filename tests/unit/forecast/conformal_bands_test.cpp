#include "worker/forecast/conformal_bands.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace trainyard::forecast {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;

const std::vector<models::Interval> levels{{.level = 80.0}, {.level = 95.0}, {.level = 99.0}};

models::Forecast flat(double mean, double half) {
  models::Forecast forecast{.mean = {mean, mean}};
  for (const auto& [level, lower, upper] : levels)
    forecast.intervals.push_back(
        {.level = level, .lower = {mean - half, mean - half}, .upper = {mean + half, mean + half}});
  return forecast;
}

// `count` origins one period apart, of which the i-th is off by i, and by twice that at step 2.
ConformalBands tested(int count, domain::Period period = domain::Period::month) {
  ConformalBands bands({period, 1});
  for (int i = 1; i <= count; ++i) {
    const auto at = static_cast<std::size_t>(100 + i);
    const std::vector actual{10.0 + i, 10.0 - 2 * i};
    bands.add({.first = 0, .train = at, .test = at}, actual, flat(10, 1));
  }
  return bands;
}

// ceil((n + 1)·level): of 39 errors the 38th for 95 percent, as 40 · 0.95 = 38.
TEST(ConformalBands, TakeTheErrorOfTheRankThatHoldsForFiniteSamples) {
  const auto widths = tested(39).at(1000, levels);
  ASSERT_EQ(widths.size(), 2U) << "39 errors say nothing of 99 percent";
  EXPECT_EQ(widths[0].level, 80);
  EXPECT_THAT(widths[0].values, ElementsAre(32, 64));
  EXPECT_THAT(widths[1].values, ElementsAre(38, 76));
  const auto many = tested(99).at(1000, levels);
  ASSERT_EQ(many.size(), 3U);
  EXPECT_THAT(many[2].values, ElementsAre(99, 198));
}

TEST(ConformalBands, AreNoneBelow39Origins) {
  EXPECT_THAT(tested(38).at(1000, levels), IsEmpty());
}

TEST(ConformalBands, AreOfMonthsAlone) {
  EXPECT_EQ(tested(60, domain::Period::month).at(1000, levels).size(), 2U);
  EXPECT_THAT(tested(60, domain::Period::week).at(1000, levels), IsEmpty());
  EXPECT_THAT(tested(60, domain::Period::day).at(1000, levels), IsEmpty());
}

// What the i-th origin tests ends with value 102 + i.
TEST(ConformalBands, KnowNothingOfWhatCameAfterTheForecast) {
  EXPECT_THAT(tested(60).at(102 + 38, levels), IsEmpty());
  EXPECT_THAT(tested(60).at(102 + 39, levels)[1].values, ElementsAre(38, 76));
}

TEST(SetBands, ReplacesTheLevelsItKnowsAndKeepsThemNested) {
  auto forecast = flat(10, 5);
  set_bands(forecast, std::vector<HalfWidths>{{.level = 95, .values = {2, 8}}});
  EXPECT_THAT(forecast.intervals[0].upper, ElementsAre(15, 15)) << "80 percent stays";
  EXPECT_THAT(forecast.intervals[1].upper, ElementsAre(15, 18)) << "and 95 holds it";
  EXPECT_THAT(forecast.intervals[2].lower, ElementsAre(5, 2)) << "and 99 holds that";
}

TEST(SetBands, StaysFinite) {
  constexpr double largest = std::numeric_limits<double>::max();
  auto forecast = flat(largest, 0);
  set_bands(forecast, std::vector<HalfWidths>{{.level = 95, .values = {largest, largest}}});
  EXPECT_EQ(forecast.intervals[1].upper[0], largest);
}

}  // namespace
}  // namespace trainyard::forecast

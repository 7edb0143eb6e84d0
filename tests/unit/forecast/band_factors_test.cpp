#include "worker/forecast/band_factors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace trainyard::forecast {
namespace {

using domain::Frequency;
using domain::Period;
using testing::DoubleEq;
using testing::ElementsAre;

TEST(BandFactors, WidenBothSidesAroundTheMeanAndMoreWithEachStep) {
  models::Forecast forecast{.mean = {10, 10}, .intervals = {{95, {8, 8}, {11, 11}}}};
  widen(forecast, {.first = 2.0, .growth = 1.0}, 1);
  EXPECT_THAT(forecast.mean, ElementsAre(10, 10));
  EXPECT_THAT(forecast.intervals[0].lower, ElementsAre(DoubleEq(6), DoubleEq(2)));
  EXPECT_THAT(forecast.intervals[0].upper, ElementsAre(DoubleEq(12), DoubleEq(14)));
}

TEST(BandFactors, CountStepsFromTheHistoryNotFromTheForecast) {
  models::Forecast forecast{.mean = {10}, .intervals = {{95, {9}, {11}}}};
  widen(forecast, {.first = 1.0, .growth = 1.0}, 3);
  EXPECT_THAT(forecast.intervals[0].upper, ElementsAre(DoubleEq(13)));
}

TEST(BandFactors, KeepBoundsFinite) {
  constexpr double largest = std::numeric_limits<double>::max();
  models::Forecast forecast{.mean = {0}, .intervals = {{95, {-largest}, {largest}}}};
  widen(forecast, {.first = 3.0}, 1);
  EXPECT_THAT(forecast.intervals[0].lower, ElementsAre(-largest));
  EXPECT_THAT(forecast.intervals[0].upper, ElementsAre(largest));
}

TEST(BandFactors, TrustAShortHistoryLess) {
  const Frequency yearly{.period = Period::year};
  const auto early = band_factor("theta", yearly, 20);
  const auto late = band_factor("theta", yearly, 80);
  EXPECT_GT(early.first, late.first);
  EXPECT_GT(early.growth, late.growth);
}

TEST(BandFactors, LeaveOtherModelsAndSpacingsAsTheyAre) {
  for (const auto factor : {band_factor("croston", {.period = Period::month}, 100),
                            band_factor("theta", {.period = Period::second}, 100),
                            band_factor("theta", {.period = Period::month, .count = 2}, 100)}) {
    EXPECT_EQ(factor.first, 1.0);
    EXPECT_EQ(factor.growth, 0.0);
  }
}

}  // namespace
}  // namespace trainyard::forecast

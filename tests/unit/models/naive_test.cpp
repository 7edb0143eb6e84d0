#include "tests/unit/models/sample_series.hpp"
#include "worker/models/registry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace trainyard::models {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::Pointwise;

constexpr std::array levels{95.0};
constexpr double z = 1.959963984540054;

Forecast forecast(std::string_view name, const SampleSeries& series, int horizon) {
  const auto fitted = make_model(name)->fit(series.view(), {});
  return (*fitted)->forecast({.horizon = horizon, .levels = levels}).value();
}

TEST(Naive, RepeatsTheLastValueWithAWideningBand) {
  const auto result = forecast("naive", {.y = {1.0, 3.0, 2.0}}, 2);
  EXPECT_THAT(result.mean, ElementsAre(2.0, 2.0));
  const double error = std::sqrt((4.0 + 1.0) / 2.0);
  EXPECT_NEAR(result.intervals[0].upper[0], 2.0 + z * error, 1e-9);
  EXPECT_NEAR(result.intervals[0].upper[1], 2.0 + z * error * std::sqrt(2.0), 1e-9);
}

TEST(SeasonalNaive, RepeatsTheLastSeason) {
  const SampleSeries series{.y = {1.0, 5.0, 2.0, 8.0}, .season_length = 2};
  const auto result = forecast("seasonal_naive", series, 5);
  EXPECT_THAT(result.mean, ElementsAre(2.0, 8.0, 2.0, 8.0, 2.0));
  const double error = std::sqrt((1.0 + 9.0) / 2.0);
  EXPECT_NEAR(result.intervals[0].lower[1], 8.0 - z * error, 1e-9);
  EXPECT_NEAR(result.intervals[0].lower[2], 2.0 - z * error * std::sqrt(2.0), 1e-9);
}

TEST(Drift, ContinuesTheLineThroughFirstAndLastValue) {
  const auto result = forecast("drift", {.y = {1.0, 4.0, 3.0, 7.0}}, 2);
  EXPECT_NEAR(result.mean[0], 9.0, 1e-12);
  EXPECT_NEAR(result.mean[1], 11.0, 1e-12);
  const double error = std::sqrt((1.0 + 9.0 + 4.0) / 2.0);
  EXPECT_NEAR(result.intervals[0].upper[1], 11.0 + z * error * std::sqrt(2.0 * (1.0 + 2.0 / 3.0)),
              1e-9);
}

TEST(Naive2, KeepsTheSeasonWhenTheLevelMoves) {
  SampleSeries series{.season_length = 2};
  for (int i = 0; i < 10; ++i)
    series.y.insert(series.y.end(), {2.0, 4.0});
  const auto fitted = make_model("naive2")->fit(series.view(), {}).value();
  EXPECT_EQ(fitted->description(), "Naive2 with multiplicative season of 2");
  const SampleSeries next{.y = {4.0}, .season_length = 2};
  const auto mean = fitted->update(next.view()).value()->forecast({.horizon = 3}).value().mean;
  EXPECT_THAT(mean,
              ElementsAre(DoubleNear(8.0, 1e-12), DoubleNear(4.0, 1e-12), DoubleNear(8.0, 1e-12)));
}

TEST(Naive2, IsNaiveWithoutASeason) {
  const auto series = synthetic(40, 1);
  const auto result = forecast("naive2", series, 3);
  EXPECT_THAT(result.mean, ElementsAre(series.y.back(), series.y.back(), series.y.back()));
}

// R 4.2: figure <- decompose(AirPassengers, "multiplicative")$figure, and then
// AirPassengers[144] / figure[12] * figure[1:3].
TEST(Naive2, ForecastsAirPassengersAsTheReference) {
  const auto mean = forecast("naive2", air_passengers(), 3).mean;
  EXPECT_NEAR(mean[0], 437.482029956, 1e-8);
  EXPECT_NEAR(mean[1], 424.694904581, 1e-8);
  EXPECT_NEAR(mean[2], 484.168254771, 1e-8);
}

TEST(NaiveFamily, ForecastsAfterAnUpdateAsAFitOfAllObservations) {
  const auto whole = air_passengers();
  SampleSeries start = whole;
  start.y.resize(100);
  SampleSeries next = whole;
  next.y.erase(next.y.begin(), next.y.begin() + 100);
  for (const auto name : {"naive", "seasonal_naive"}) {
    const auto fitted = make_model(name)->fit(start.view(), {}).value();
    const auto updated = fitted->update(next.view()).value();
    EXPECT_THAT(updated->forecast({.horizon = 20}).value().mean,
                Pointwise(DoubleNear(1e-9), forecast(name, whole, 20).mean));
  }
}

}  // namespace
}  // namespace trainyard::models

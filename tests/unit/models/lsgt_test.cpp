#include "tests/unit/models/sample_series.hpp"
#include "worker/models/registry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <random>

namespace trainyard::models {
namespace {

using testing::Each;
using testing::Ge;
using testing::HasSubstr;

constexpr std::array levels{95.0};

double noise(std::mt19937_64& random) {
  return static_cast<double>(random() >> 11) * 0x1.0p-53 - 0.5;
}

template <class Value>
SampleSeries series_of(std::size_t length, int season_length, Value value) {
  SampleSeries series{.name = "made", .y = {}, .season_length = season_length};
  for (std::size_t t = 0; t < length; ++t)
    series.y.push_back(value(static_cast<double>(t)));
  return series;
}

std::unique_ptr<FittedModel> fitted(const SampleSeries& series) {
  return std::move(make_model("lsgt")->fit(series.view(), {}).value());
}

Forecast forecast(const SampleSeries& series, int horizon) {
  return fitted(series)->forecast({.horizon = horizon, .levels = levels}).value();
}

TEST(Lsgt, GrowsInProportionWhereTheSeriesDoes) {
  std::mt19937_64 random(4);
  const auto said = forecast(
      series_of(40, 1,
                [&](double t) { return 100.0 * std::pow(1.06, t) * (1.0 + 0.02 * noise(random)); }),
      12);
  EXPECT_GT(said.mean[11] - said.mean[10], 1.2 * (said.mean[1] - said.mean[0]));
}

TEST(Lsgt, GoesOnAlongALine) {
  std::mt19937_64 random(5);
  const auto said = forecast(
      series_of(40, 1, [&](double t) { return 200.0 + 5.0 * t + 4.0 * noise(random); }), 6);
  EXPECT_NEAR(said.mean.back() - said.mean.front(), 25.0, 6.0);
}

TEST(Lsgt, IsNotLedAstrayByOneWildValue) {
  std::mt19937_64 random(6);
  auto series = series_of(60, 1, [&](double) { return 50.0 + 2.0 * noise(random); });
  const auto calm = forecast(series, 6);
  series.y[40] = 90.0;
  const auto said = forecast(series, 6);
  EXPECT_NEAR(said.mean.back(), 50.0, 1.5);
  const auto width = [](const Forecast& f) {
    return f.intervals[0].upper[0] - f.intervals[0].lower[0];
  };
  EXPECT_LT(width(said), 4.0 * width(calm));
}

TEST(Lsgt, HasWiderErrorsWhereLevelsAreHigh) {
  std::mt19937_64 random(7);
  const auto growing = [&](double t) {
    const double level = 10.0 * std::pow(1.05, t);
    return level * (1.0 + 0.2 * noise(random));
  };
  const auto said = forecast(series_of(80, 1, growing), 1);
  const double half = 0.5 * (said.intervals[0].upper[0] - said.intervals[0].lower[0]);
  EXPECT_GT(half, 0.06 * said.mean[0]) << "the errors of the last values, not of the average one";
}

TEST(Lsgt, RepeatsASeasonOfRatios) {
  std::mt19937_64 random(8);
  const auto seasonal = [&](double t) {
    return (100.0 + t) * (1.0 + 0.3 * std::sin(t * std::numbers::pi / 6.0)) + 2.0 * noise(random);
  };
  const auto series = series_of(96, 12, seasonal);
  const auto said = forecast(series, 12);
  for (std::size_t h = 0; h < 12; ++h) {
    const double expected = (196.0 + static_cast<double>(h)) *
                            (1.0 + 0.3 * std::sin(static_cast<double>(h) * std::numbers::pi / 6.0));
    EXPECT_NEAR(said.mean[h], expected, 8.0) << h;
  }
  EXPECT_THAT(fitted(series)->description(), HasSubstr("multiplicative season of 12"));
}

TEST(Lsgt, DoesNotLetPositiveSeasonsFallBelowZero) {
  std::mt19937_64 random(9);
  const auto falling = [&](double t) {
    return 100.0 * std::pow(0.93, t) * (1.0 + 0.4 * noise(random)) *
           (static_cast<int>(t) % 4 == 0 ? 1.5 : 0.8);
  };
  const auto said = forecast(series_of(60, 4, falling), 40);
  EXPECT_THAT(said.mean, Each(Ge(0.0)));
  EXPECT_THAT(said.intervals[0].lower, Each(Ge(0.0)));
}

TEST(Lsgt, TakesASeasonOfDifferencesFromValuesThatAreNotPositive) {
  const auto series = series_of(
      48, 4, [](double t) { return static_cast<int>(t) % 4 == 0 ? 5.0 : -1.0 + 0.01 * t; });
  EXPECT_THAT(fitted(series)->description(), HasSubstr("additive season of 4"));
  const auto said = forecast(series, 4);
  EXPECT_NEAR(said.mean[0], 5.0, 0.7);
  EXPECT_NEAR(said.mean[2], -0.5, 0.7);
}

TEST(Lsgt, IsLessSureOfAShortSeries) {
  std::mt19937_64 random(10);
  const auto series = series_of(80, 1, [&](double) { return 50.0 + 10.0 * noise(random); });
  auto start = series;
  start.y.resize(8);
  const auto width = [](const Forecast& f) {
    return f.intervals[0].upper.back() - f.intervals[0].lower.back();
  };
  EXPECT_GT(width(forecast(start, 12)), 1.3 * width(forecast(series, 12)));
}

}  // namespace
}  // namespace trainyard::models

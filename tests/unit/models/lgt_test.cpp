#include "tests/unit/models/sample_series.hpp"
#include "worker/models/numeric/seasonality.hpp"
#include "worker/models/registry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <random>

namespace trainyard::models {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr std::array levels{95.0};

double noise(std::mt19937_64& random) {
  return static_cast<double>(random() >> 11) * 0x1.0p-53 - 0.5;
}

template <class Value>
SampleSeries yearly(std::size_t length, Value value) {
  SampleSeries series{.name = "yearly", .y = {}, .season_length = 1};
  for (std::size_t t = 0; t < length; ++t)
    series.y.push_back(value(static_cast<double>(t)));
  return series;
}

Forecast forecast(const SampleSeries& series, int horizon) {
  const auto fitted = make_model("lgt")->fit(series.view(), {});
  return fitted.value()->forecast({.horizon = horizon, .levels = levels}).value();
}

TEST(Lgt, GrowsInProportionWhereTheSeriesDoes) {
  std::mt19937_64 random(4);
  const auto said = forecast(
      yearly(40,
             [&](double t) { return 100.0 * std::pow(1.06, t) * (1.0 + 0.02 * noise(random)); }),
      12);
  const double first = said.mean[1] - said.mean[0];
  const double last = said.mean[11] - said.mean[10];
  EXPECT_GT(last, 1.3 * first);
}

TEST(Lgt, GoesOnAlongALine) {
  std::mt19937_64 random(5);
  const auto said =
      forecast(yearly(40, [&](double t) { return 200.0 + 5.0 * t + 4.0 * noise(random); }), 6);
  EXPECT_NEAR(said.mean.back() - said.mean.front(), 25.0, 5.0);
}

TEST(Lgt, StaysWhereThereIsNoTrend) {
  std::mt19937_64 random(6);
  const auto said = forecast(yearly(60, [&](double) { return 50.0 + 10.0 * noise(random); }), 12);
  EXPECT_NEAR(said.mean.back(), 50.0, 2.0);
}

TEST(Lgt, IsLessSureOfAShortSeries) {
  std::mt19937_64 random(7);
  const auto series = yearly(80, [&](double) { return 50.0 + 10.0 * noise(random); });
  auto start = series;
  start.y.resize(8);
  const auto width = [](const Forecast& f) {
    return f.intervals[0].upper.back() - f.intervals[0].lower.back();
  };
  EXPECT_GT(width(forecast(start, 12)), 1.3 * width(forecast(series, 12)));
}

TEST(ShrunkenIndices, SeeLittleSeasonInNoise) {
  std::mt19937_64 random(8);
  int found = 0;
  for (int series = 0; series < 50; ++series) {
    std::vector<double> y;
    for (int t = 0; t < 96; ++t)
      y.push_back(10.0 + noise(random));
    if (!shrunken_indices(y, 12, Composition::multiplicative).empty()) ++found;
  }
  EXPECT_LT(found, 40);
}

TEST(ShrunkenIndices, LieBetweenTheIndicesAndNoSeason) {
  std::mt19937_64 random(9);
  std::vector<double> y;
  for (int t = 0; t < 96; ++t)
    y.push_back(10.0 + std::sin(t * std::numbers::pi / 6.0) + 2.0 * noise(random));
  for (const auto composition : {Composition::additive, Composition::multiplicative}) {
    const double middle = composition == Composition::multiplicative ? 1.0 : 0.0;
    const auto plain = seasonal_indices(y, 12, composition);
    const auto shrunken = shrunken_indices(y, 12, composition);
    ASSERT_THAT(shrunken, SizeIs(12));
    for (std::size_t i = 0; i < 12; ++i) {
      EXPECT_LT(std::abs(shrunken[i] - middle), std::abs(plain[i] - middle));
      EXPECT_GE((shrunken[i] - middle) * (plain[i] - middle), 0.0);
    }
  }
}

TEST(ShrunkenIndices, AreNoneForFewerThanThreeSeasons) {
  EXPECT_THAT(shrunken_indices(std::vector<double>(35, 1.0), 12, Composition::additive), IsEmpty());
}

TEST(Theta, TakesOutAShrunkenSeasonWhenAskedTo) {
  const auto series = air_passengers();
  const auto model = make_model("theta");
  const auto plain = model->fit(series.view(), {});
  const auto shrunken = model->fit(series.view(), {.hyperparameters = R"({"season": "shrunken"})"});
  const ForecastRequest request{.horizon = 12};
  EXPECT_NE((*shrunken)->forecast(request)->mean, (*plain)->forecast(request)->mean);
}

}  // namespace
}  // namespace trainyard::models

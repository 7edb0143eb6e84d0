#include "tests/unit/models/sample_series.hpp"
#include "worker/models/registry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace trainyard::models {
namespace {

using testing::ElementsAre;

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

}  // namespace
}  // namespace trainyard::models

#include "tests/unit/models/sample_series.hpp"
#include "worker/models/intermittent/demand.hpp"
#include "worker/models/intermittent/demand_bands.hpp"
#include "worker/models/registry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <random>
#include <sstream>

namespace trainyard::models {
namespace {

constexpr std::array<std::string_view, 3> names{"croston", "sba", "tsb"};

// In a third of the periods, and of sizes from 2 to 6.
SampleSeries rare_demand(std::size_t length) {
  std::mt19937_64 random(11);
  const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1.0p-53; };
  SampleSeries series{.name = "rare demand"};
  for (std::size_t t = 0; t < length; ++t) {
    const double size = 2.0 + 4.0 * uniform();
    series.y.push_back(uniform() < 1.0 / 3.0 ? size : 0.0);
  }
  return series;
}

// tests/golden/intermittent.csv, which statsforecast made (script beside it).
TEST(Intermittent, ForecastsAsTheReferenceWithItsParameters) {
  std::ifstream file(TRAINYARD_SOURCE_DIR "/tests/golden/intermittent.csv");
  std::string line;
  std::getline(file, line);  // where the values come from
  std::getline(file, line);  // names of the columns
  int lines = 0;
  while (std::getline(file, line)) {
    std::ranges::replace(line, ',', ' ');
    std::istringstream cells(line);
    SampleSeries series;
    std::string model;
    double mean = 0.0;
    cells >> series.name >> model >> mean;
    for (double value = 0.0; cells >> value;)
      series.y.push_back(value);
    const auto fitted = make_model(model)->fit(
        series.view(), {.hyperparameters = R"({"alpha": 0.1, "beta": 0.1})"});
    ASSERT_TRUE(fitted) << describe(fitted.error());
    EXPECT_NEAR((*fitted)->forecast({.horizon = 3})->mean[2], mean, 1e-12) << line;
    ++lines;
  }
  EXPECT_EQ(lines, 6);
}

TEST(Intermittent, ForecastsTheRateOfASteadyRareDemand) {
  const auto series = rare_demand(600);
  for (const auto name : names) {
    const auto fitted = make_model(name)->fit(series.view(), {});
    EXPECT_NEAR((*fitted)->forecast({.horizon = 1})->mean[0], 4.0 / 3.0, 0.25) << name;
  }
}

TEST(Intermittent, TsbForgetsAnItemThatIsNoLongerAskedFor) {
  auto series = rare_demand(120);
  series.y.resize(200, 0.0);
  constexpr std::string_view fixed = R"({"alpha": 0.1, "beta": 0.1})";
  const auto croston = make_model("croston")->fit(series.view(), {.hyperparameters = fixed});
  const auto tsb = make_model("tsb")->fit(series.view(), {.hyperparameters = fixed});
  EXPECT_LT((*tsb)->forecast({.horizon = 1})->mean[0], 0.01);
  EXPECT_GT((*croston)->forecast({.horizon = 1})->mean[0], 0.5);
}

TEST(Intermittent, SbaIsBelowCrostonByHalfOfBeta) {
  const auto series = rare_demand(100);
  constexpr std::string_view fixed = R"({"alpha": 0.3, "beta": 0.2})";
  const auto croston = make_model("croston")->fit(series.view(), {.hyperparameters = fixed});
  const auto sba = make_model("sba")->fit(series.view(), {.hyperparameters = fixed});
  EXPECT_NEAR((*sba)->forecast({.horizon = 1})->mean[0],
              0.9 * (*croston)->forecast({.horizon = 1})->mean[0], 1e-12);
}

TEST(Intermittent, CoversRareDemandByItsBandsWithoutGoingBelowZero) {
  const auto whole = rare_demand(800);
  auto past = whole;
  past.y.resize(400);
  constexpr std::array levels{90.0};
  for (const auto name : names) {
    const auto fitted = make_model(name)->fit(past.view(), {});
    const auto forecast = (*fitted)->forecast({.horizon = 400, .levels = levels});
    int inside = 0;
    for (std::size_t h = 0; h < 400; ++h) {
      const auto& band = forecast->intervals[0];
      EXPECT_GE(band.lower[h], 0.0);
      const double value = whole.y[400 + h];
      inside += value >= band.lower[h] && value <= band.upper[h] ? 1 : 0;
    }
    EXPECT_GT(inside, 340) << name;
    EXPECT_LE(forecast->intervals[0].upper[0], 10.0) << name;
  }
}

TEST(Intermittent, HasTheQuantilesOfZeroAndALognormalSize) {
  // A size of mean 2 and variance 4: log-variance log 2. With half of the periods empty the
  // quantile of 0.9 is that of 0.8 of the sizes.
  const DemandStep step{.probability = 0.5, .size = 2.0, .variance = 4.0};
  constexpr std::array levels{80.0};
  const auto forecast = demand_forecast(std::span(&step, 1), 1.0, levels);
  const double log_variance = std::log(2.0);
  EXPECT_NEAR(forecast.intervals[0].upper[0],
              2.0 * std::exp(0.8416212335729143 * std::sqrt(log_variance) - 0.5 * log_variance),
              1e-9);
  EXPECT_EQ(forecast.intervals[0].lower[0], 0.0);
  EXPECT_EQ(forecast.mean[0], 1.0);
}

TEST(Intermittent, RefusesDemandBelowZeroByItsRow) {
  auto returns = rare_demand(40);
  returns.y[6] = -2.0;
  for (const auto name : names) {
    const auto model = make_model(name);
    const auto refused = model->fit(returns.view(), {});
    ASSERT_FALSE(refused) << name;
    EXPECT_EQ(refused.error().code, Errc::invalid_argument) << name;
    EXPECT_EQ(refused.error().row, 7) << name;
    EXPECT_THAT(refused.error().detail, testing::HasSubstr("0 or more; a value is -2")) << name;

    const auto fitted = model->fit(rare_demand(40).view(), {});
    ASSERT_TRUE(fitted) << name;
    EXPECT_FALSE((*fitted)->update(returns.view())) << name;
  }
}

TEST(Intermittent, FindsTheWeightOfLeastSquaredErrors) {
  const auto noise = rare_demand(200).y;
  std::vector<double> walk;
  double level = 0.0;
  for (const double value : noise)
    walk.push_back(level += value - 4.0 / 3.0);
  EXPECT_GT(best_smoothing(walk, {}), 0.7);
  EXPECT_LT(best_smoothing(noise, {}), 0.1);
}

TEST(Intermittent, ForecastsNothingAfterNothing) {
  const SampleSeries nothing{.y = std::vector(30, 0.0)};
  constexpr std::array levels{95.0};
  for (const auto name : names) {
    const auto fitted = make_model(name)->fit(nothing.view(), {});
    const auto forecast = (*fitted)->forecast({.horizon = 2, .levels = levels});
    EXPECT_EQ(forecast->mean[1], 0.0) << name;
    EXPECT_EQ(forecast->intervals[0].upper[1], 0.0) << name;
  }
}

}  // namespace
}  // namespace trainyard::models

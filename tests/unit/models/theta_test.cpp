#include "tests/unit/models/sample_series.hpp"
#include "worker/models/numeric/seasonality.hpp"
#include "worker/models/registry.hpp"
#include "worker/models/theta/theta_fit.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace trainyard::models {
namespace {

// DynamicOptimizedTheta of statsforecast 2.1.1 on the same series. Its search (Nelder–Mead in three
// dimensions) stops a little short of the least squares that ours solves for, hence the tolerance.
TEST(Theta, ForecastsAsStatsforecastOnAirPassengers) {
  constexpr std::array reference{442.9272, 432.2984, 495.4825, 482.5753, 487.8660, 556.1216,
                                 616.2230, 616.1097, 538.4027, 470.4105, 410.9990, 463.4772};
  const auto fitted = make_model("theta")->fit(air_passengers().view(), {});
  EXPECT_EQ((*fitted)->description(), "DOTM with multiplicative season of 12");
  const auto forecast = (*fitted)->forecast({.horizon = 12});
  for (std::size_t h = 0; h < reference.size(); ++h)
    EXPECT_NEAR(forecast->mean[h], reference[h], 1.5e-3 * reference[h]);
}

// The same library on the first 60 values without season: θ = 1 and α at its bound, exactly.
TEST(Theta, FindsStatsforecastsParametersWhereTheyAreAtTheirBounds) {
  auto series = air_passengers();
  series.y.resize(60);
  const auto fit = fit_theta(series.y);
  EXPECT_NEAR(fit.alpha, 0.99, 1e-6);
  EXPECT_NEAR(fit.trend_weight, 0.0, 1e-9);
  series.season_length = 1;
  const auto fitted = make_model("theta")->fit(series.view(), {});
  EXPECT_NEAR((*fitted)->forecast({.horizon = 1})->mean[0], 200.79312635, 1e-3);
}

TEST(Theta, HasTheSquaresThatItsRecursionMakes) {
  const auto series = air_passengers();
  const auto fit = fit_theta(series.y);
  ThetaState state(fit);
  double squares = 0.0;
  for (std::size_t t = 0; t < series.y.size(); ++t) {
    const double e = series.y[t] - state.expected();
    if (t >= 2) squares += e * e;
    state.advance(series.y[t]);
  }
  EXPECT_NEAR(fit.squares, squares, 1e-8 * squares);
}

TEST(Theta, TakesADifferenceSeasonOutOfSeriesWithNegatives) {
  auto series = synthetic(96, 12);
  for (double& v : series.y)
    v -= 230.0;
  const auto fitted = make_model("theta")->fit(series.view(), {});
  EXPECT_EQ((*fitted)->description(), "DOTM with additive season of 12");
}

TEST(Seasonality, IsFoundInAirPassengersAndNotInALine) {
  EXPECT_TRUE(is_seasonal(air_passengers().y, 12));
  std::vector<double> trendless;
  for (int t = 0; t < 48; ++t)
    trendless.push_back(t % 5);
  EXPECT_FALSE(is_seasonal(trendless, 12));
  EXPECT_FALSE(is_seasonal(std::vector(48, 3.0), 12));
}

TEST(Seasonality, RecoversIndicesOfASeriesMadeFromThem) {
  const std::vector<double> indices{0.5, 1.5, 0.8, 1.2};
  std::vector<double> ratio;
  std::vector<double> difference;
  for (int t = 0; t < 24; ++t) {
    ratio.push_back(10.0 * indices[t % 4]);
    difference.push_back(3.0 * t + indices[t % 4]);
  }
  const auto ratios = seasonal_indices(ratio, 4, Composition::multiplicative);
  const auto differences = seasonal_indices(difference, 4, Composition::additive);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(ratios[i], indices[i], 1e-12);
    EXPECT_NEAR(differences[i], indices[i] - 1.0, 1e-12);
  }
}

}  // namespace
}  // namespace trainyard::models

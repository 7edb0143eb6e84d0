#include "tests/unit/models/sample_series.hpp"
#include "worker/models/numeric/seasonality.hpp"
#include "worker/models/registry.hpp"
#include "worker/models/theta/theta_fit.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>

namespace trainyard::models {
namespace {

// One line of tests/golden/theta_air_passengers.csv, which statsforecast made (script beside it).
struct Golden {
  std::string form;
  int season_length = 1;
  double alpha = 0.0;
  std::vector<double> mean;
};

std::vector<Golden> golden_forecasts() {
  std::ifstream file(TRAINYARD_SOURCE_DIR "/tests/golden/theta_air_passengers.csv");
  std::vector<Golden> all;
  std::string line;
  std::getline(file, line);  // where the values come from
  std::getline(file, line);  // names of the columns
  while (std::getline(file, line)) {
    std::ranges::replace(line, ',', ' ');
    std::istringstream cells(line);
    Golden golden;
    cells >> golden.form >> golden.season_length >> golden.alpha;
    for (double value = 0.0; cells >> value;)
      golden.mean.push_back(value);
    all.push_back(std::move(golden));
  }
  return all;
}

ThetaForm form_of(std::string_view name) {
  return static_cast<ThetaForm>(std::ranges::find(theta_form_names, name) -
                                theta_form_names.begin());
}

// The reference's search (Nelder–Mead) stops a little short of the least squares that ours solves
// for, and it leaves out the first three errors, hence the tolerance.
TEST(Theta, ForecastsAsTheReferenceInEveryForm) {
  const auto all = golden_forecasts();
  ASSERT_EQ(all.size(), 8u);
  for (const auto& golden : all) {
    auto series = air_passengers();
    series.season_length = golden.season_length;
    const auto hyperparameters = R"({"form": ")" + golden.form + R"("})";
    const auto fitted =
        make_model("theta")->fit(series.view(), {.hyperparameters = hyperparameters});
    ASSERT_TRUE(fitted) << describe(fitted.error());
    EXPECT_EQ((*fitted)->description(),
              golden.form + (golden.season_length == 1 ? "" : " with multiplicative season of 12"));
    const auto forecast = (*fitted)->forecast({.horizon = 12});
    ASSERT_EQ(golden.mean.size(), 12u);
    for (std::size_t h = 0; h < 12; ++h)
      EXPECT_NEAR(forecast->mean[h], golden.mean[h], 4e-3 * golden.mean[h])
          << golden.form << " " << golden.season_length << " step " << h + 1;
  }
}

// θ = 1 and α at its bound, exactly, in statsforecast 2.1.1 as well.
TEST(Theta, FindsParametersThatAreAtTheirBounds) {
  auto series = air_passengers();
  series.y.resize(60);
  const auto fit = fit_theta({.y = series.y}, ThetaForm::dynamic_optimised);
  EXPECT_NEAR(fit.parameters.alpha, 0.99, 1e-6);
  EXPECT_NEAR(fit.parameters.trend_weight, 0.0, 1e-9);
  series.season_length = 1;
  const auto fitted = make_model("theta")->fit(series.view(), {});
  EXPECT_NEAR((*fitted)->forecast({.horizon = 1})->mean[0], 200.79312635, 1e-3);
}

TEST(Theta, HasTheSquaresThatItsRecursionMakes) {
  const auto series = air_passengers();
  for (const auto name : theta_form_names) {
    const auto fit = fit_theta({.y = series.y}, form_of(name));
    ThetaState state = start_of(fit.parameters);
    double squares = 0.0;
    for (std::size_t t = 0; t < series.y.size(); ++t) {
      const double e = series.y[t] - expected(fit.parameters, state);
      if (t >= first_error(fit.parameters.form)) squares += e * e;
      advance(fit.parameters, state, series.y[t]);
    }
    EXPECT_NEAR(fit.squares, squares, 1e-8 * squares) << name;
  }
}

TEST(Theta, AnOptimisedFormIsNoWorseThanItsStandardOne) {
  const auto series = air_passengers();
  const ThetaTask task{.y = series.y};
  EXPECT_LE(fit_theta(task, ThetaForm::optimised).squares,
            fit_theta(task, ThetaForm::standard).squares);
  EXPECT_LE(fit_theta(task, ThetaForm::dynamic_optimised).squares,
            fit_theta(task, ThetaForm::dynamic_standard).squares);
}

TEST(AutoTheta, ChoosesTheFormWhoseLineSuitsTheSeries) {
  std::vector<double> straight;
  std::vector<double> turning;
  for (int t = 0; t < 80; ++t) {
    const double noise = 3.0 * std::sin(12.9 * t * t);
    straight.push_back(100.0 + 2.0 * t + noise);
    turning.push_back(t < 60 ? 100.0 + 4.0 * t + noise : 580.0 - 4.0 * t + noise);
  }
  EXPECT_EQ(select_theta({.y = straight}).parameters.form, ThetaForm::optimised);
  EXPECT_EQ(select_theta({.y = turning}).parameters.form, ThetaForm::dynamic_optimised);
}

TEST(Theta, RefusesAFormItDoesNotKnow) {
  const auto fitted =
      make_model("theta")->fit(air_passengers().view(), {.hyperparameters = R"({"form": "XTM"})"});
  ASSERT_FALSE(fitted);
  EXPECT_NE(describe(fitted.error()).find("STM, OTM, DSTM, DOTM"), std::string::npos);
}

// Half of a series, then the other half, is the whole series at the first half's parameters.
TEST(Theta, GoesOnWithUpdatesWhereItsRecursionStood) {
  const auto whole = air_passengers();
  SampleSeries first{.y = {whole.y.begin(), whole.y.begin() + 100}, .season_length = 12};
  SampleSeries next{.y = {whole.y.begin() + 100, whole.y.end()}, .season_length = 12};
  const auto fitted = make_model("theta")->fit(first.view(), {});
  const auto updated = (*fitted)->update(next.view());
  ASSERT_TRUE(updated);
  const auto said = (*updated)->in_sample();
  ASSERT_EQ(said.first + said.values.size(), whole.y.size());
  EXPECT_EQ((*fitted)->forecast({.horizon = 1})->mean[0], said.values[100 - said.first]);
}

TEST(Theta, RefusesASavedModelOfNoUse) {
  const auto fitted = make_model("theta")->fit(air_passengers().view(), {});
  auto text = *(*fitted)->save();
  ASSERT_TRUE(load_model(text));
  text.replace(text.find("DOTM"), 4, "MTOD");
  const auto loaded = load_model(text);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().field, "form");
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

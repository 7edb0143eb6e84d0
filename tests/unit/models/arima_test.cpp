#include "tests/unit/models/sample_series.hpp"
#include "worker/models/arima/arima_model.hpp"
#include "worker/models/arima/arima_search.hpp"
#include "worker/models/arima/arima_select.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>

namespace trainyard::models {
namespace {

using testing::HasSubstr;

constexpr std::array levels{95.0};

std::vector<double> numbers(const std::string& text) {
  std::istringstream in(text);
  return {std::istream_iterator<double>(in), {}};
}

// The cells of tests/golden/<file>, which R's forecast package made (arima.R beside it).
std::vector<std::vector<std::string>> golden_cells(const std::string& file) {
  std::ifstream in(TRAINYARD_SOURCE_DIR "/tests/golden/" + file);
  EXPECT_TRUE(in) << file;
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with('#') || line.starts_with("name")) continue;
    std::istringstream cells(line);
    auto& row = rows.emplace_back();
    for (std::string cell; std::getline(cells, cell, ',');)
      row.push_back(cell);
  }
  return rows;
}

struct GoldenSeries {
  SampleSeries series;
  double strength = 0.0;
  ArimaDifferences differences;
  int adf_differences = 0;
};

std::map<std::string, GoldenSeries> golden_series() {
  std::map<std::string, GoldenSeries> all;
  for (const auto& cells : golden_cells("arima_series.csv"))
    all[cells.at(0)] = {
        .series = {.name = cells[0],
                   .y = numbers(cells.at(6)),
                   .season_length = std::stoi(cells[1])},
        .strength = std::stod(cells[2]),
        .differences = {.d = std::stoi(cells[4]), .seasonal_d = std::stoi(cells[3])},
        .adf_differences = std::stoi(cells[5])};
  return all;
}

struct GoldenFit {
  std::string name;
  std::string order;  // JSON lists
  std::string seasonal_order;
  bool mean = false;
  bool drift = false;
  bool has_covariate = false;
  bool is_chosen = false;
  double log_likelihood = 0.0;
  double aicc = 0.0;
  double variance = 0.0;
  std::vector<double> forecast;  // of the steps below
  std::vector<double> lower;
};

constexpr std::array<std::size_t, 4> steps{1, 2, 12, 24};

std::string json_list(std::string text) {
  std::ranges::replace(text, ' ', ',');
  return "[" + text + "]";
}

std::vector<GoldenFit> golden_fits() {
  std::vector<GoldenFit> all;
  for (const auto& cells : golden_cells("arima_fits.csv")) {
    std::string seasonal;
    for (const double order : numbers(cells.at(2)))
      seasonal += fmt::format("{}{}", seasonal.empty() ? "" : " ", order);
    std::string order;
    for (const double o : numbers(cells.at(1)))
      order += fmt::format("{}{}", order.empty() ? "" : " ", o);
    all.push_back({.name = cells[0],
                   .order = json_list(order),
                   .seasonal_order = json_list(seasonal),
                   .mean = cells.at(3) == "1",
                   .drift = cells.at(4) == "1",
                   .has_covariate = cells.at(5) == "1",
                   .is_chosen = cells.at(6) == "1",
                   .log_likelihood = std::stod(cells.at(7)),
                   .aicc = std::stod(cells.at(8)),
                   .variance = std::stod(cells.at(9)),
                   .forecast = numbers(cells.at(10)),
                   .lower = numbers(cells.at(11))});
  }
  return all;
}

// Years less 1920, from 1875 on.
std::vector<double> years(std::size_t first, std::size_t count) {
  std::vector<double> result;
  for (std::size_t i = 0; i < count; ++i)
    result.push_back(static_cast<double>(first + i) - 45.0);
  return result;
}

TEST(ArimaGolden, ForecastsWhatRForecastsFromGivenOrders) {
  const auto all = golden_series();
  std::size_t compared = 0;
  for (const auto& golden : golden_fits()) {
    if (golden.is_chosen) continue;
    const auto& sample = all.at(golden.name).series;
    auto series = sample.view();
    const auto past = years(0, sample.y.size());
    const auto future = years(sample.y.size(), 24);
    if (golden.has_covariate) series.covariates = {past};
    const bool is_seasonal = golden.seasonal_order != "[0,0,0]";
    const auto settings = fmt::format(
        R"({{"order": {}, {} "include_mean": {}, "include_drift": {}}})", golden.order,
        is_seasonal ? fmt::format(R"("seasonal_order": {},)", golden.seasonal_order) : "",
        golden.mean, golden.drift);
    const auto fitted = make_arima()->fit(series, {.hyperparameters = settings});
    ASSERT_TRUE(fitted) << golden.name << settings << describe(fitted.error());
    ForecastRequest request{.horizon = 24, .levels = levels};
    if (golden.has_covariate) request.covariates = {future};
    const auto forecast = (*fitted)->forecast(request).value();
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const double mean = golden.forecast[i];
      const double lower = golden.lower[i];
      const auto what = golden.name + settings + " step " + std::to_string(steps[i]);
      EXPECT_NEAR(forecast.mean[steps[i] - 1], mean, 1e-4 * std::abs(mean)) << what;
      EXPECT_NEAR(forecast.intervals[0].lower[steps[i] - 1], lower,
                  1e-4 * std::abs(lower) + 2e-3 * (mean - lower))
          << what;
    }
    ++compared;
  }
  EXPECT_EQ(compared, 17u);
}

ArimaForm form_of(const GoldenFit& golden, int season) {
  const auto list = [](const std::string& text) {
    auto copy = text.substr(1, text.size() - 2);
    std::ranges::replace(copy, ',', ' ');
    return numbers(copy);
  };
  const auto order = list(golden.order);
  const auto seasonal = list(golden.seasonal_order);
  return {.p = static_cast<int>(order[0]),
          .d = static_cast<int>(order[1]),
          .q = static_cast<int>(order[2]),
          .seasonal_p = static_cast<int>(seasonal[0]),
          .seasonal_d = static_cast<int>(seasonal[1]),
          .seasonal_q = static_cast<int>(seasonal[2]),
          .season = season,
          .mean = golden.mean,
          .drift = golden.drift};
}

TEST(ArimaGolden, HasTheLikelihoodThatRFinds) {
  const auto all = golden_series();
  for (const auto& golden : golden_fits()) {
    const auto& sample = all.at(golden.name).series;
    ArimaData data{.y = sample.y};
    if (golden.has_covariate) data.covariates = {years(0, sample.y.size())};
    const auto form = form_of(golden, sample.season_length);
    const auto fit = fit_form({.data = data, .season = sample.season_length}, form);
    const auto what = golden.name + " " + describe(form, data.covariates.size());
    EXPECT_NEAR(fit.log_likelihood, golden.log_likelihood, 1e-4 * std::abs(golden.log_likelihood))
        << what;
    EXPECT_NEAR(fit.aicc, golden.aicc, 1e-4 * std::abs(golden.aicc)) << what;
    // R begins with a variance of 10⁶ for what differencing uses up, and counts those errors in.
    double diffuse = 0.0;
    for (int t = 0; t < form.lost(); ++t)
      diffuse += sample.y[t] * sample.y[t] / 1e6 / static_cast<double>(sample.y.size());
    EXPECT_NEAR(fit.variance, golden.variance, 1e-3 * golden.variance + 1.1 * diffuse) << what;
  }
}

TEST(ArimaGolden, ChoosesAModelAtLeastAsGoodAsR) {
  const auto all = golden_series();
  for (const auto& golden : golden_fits()) {
    if (!golden.is_chosen) continue;
    const auto& sample = all.at(golden.name).series;
    const ArimaData data{.y = sample.y};
    const auto fit = select_form({.data = data, .season = sample.season_length}, {});
    EXPECT_LE(fit.aicc, golden.aicc + 0.1) << golden.name << " " << describe(fit.form, 0);
    EXPECT_EQ(fit.form.d, form_of(golden, 1).d) << golden.name;
    EXPECT_EQ(fit.form.seasonal_d, form_of(golden, 1).seasonal_d) << golden.name;
  }
}

TEST(ArimaGolden, DifferencesAsOftenAsRsTestsAsk) {
  for (const auto& [name, golden] : golden_series()) {
    const int season = golden.series.season_length;
    const ArimaData data{.y = golden.series.y};
    const ArimaTask task{.data = data, .season = season};
    const auto chosen = choose_differences(task, {});
    EXPECT_EQ(chosen.d, golden.differences.d) << name;
    EXPECT_EQ(chosen.seasonal_d, golden.differences.seasonal_d) << name;
    EXPECT_EQ(choose_differences(task, {.test = UnitRootTest::adf}).d, golden.adf_differences)
        << name;
    if (season > 1)
      EXPECT_NEAR(seasonal_strength(golden.series.y, season), golden.strength, 5e-3) << name;
  }
}

TEST(ArimaLikelihood, HasTheGradientOfItsValue) {
  const auto sample = air_passengers();
  for (const ArimaForm& form :
       {ArimaForm{.p = 2, .q = 1, .seasonal_p = 1, .seasonal_q = 1, .season = 12, .mean = true},
        ArimaForm{.p = 3, .d = 1, .seasonal_p = 2, .season = 12, .drift = true},
        ArimaForm{.d = 1, .q = 2, .seasonal_d = 1, .seasonal_q = 1, .season = 12},
        ArimaForm{.p = 1, .d = 1, .q = 3, .seasonal_q = 1, .season = 60}}) {
    const ArimaData data{.y = std::span(sample.y).first(70)};
    std::vector<int> kept;
    const auto differenced_sample = make_sample(data, form, kept);
    ArimaLikelihood likelihood(differenced_sample, form);
    std::vector<double> point;
    for (int i = 0; i < form.coefficients(); ++i)
      point.push_back(0.4 - 0.15 * i);
    ArimaSlope slope;
    likelihood.differentiate(point, slope);
    EXPECT_EQ(slope.value, likelihood.evaluate(point));
    for (std::size_t k = 0; k < point.size(); ++k) {
      constexpr double step = 1e-5;
      auto moved = point;
      moved[k] += step;
      const double above = likelihood.evaluate(moved);
      moved[k] -= 2.0 * step;
      const double below = likelihood.evaluate(moved);
      const double gradient = (above - below) / (2.0 * step);
      EXPECT_NEAR(slope.gradient[k], gradient, 1e-4 * (1.0 + std::abs(gradient)))
          << describe(form, 0) << " coefficient " << k;
    }
  }
}

std::unique_ptr<FittedModel> fit(const Series& series, std::string_view settings) {
  auto fitted = make_arima()->fit(series, {.hyperparameters = settings});
  if (!fitted) ADD_FAILURE() << describe(fitted.error());
  return fitted ? std::move(*fitted) : nullptr;
}

TEST(Arima, UnderstandsRsSettings) {
  const auto sample = air_passengers();
  const auto series = sample.view();
  EXPECT_EQ(fit(series, R"({"order": [0, 1, 1], "seasonal_order": [0, 1, 1]})")->description(),
            "ARIMA(0,1,1)(0,1,1)[12]");
  EXPECT_EQ(fit(series, R"({"order": [1, 0, 0]})")->description(), "ARIMA(1,0,0) with mean");
  EXPECT_EQ(fit(series, R"({"order": [1, 0, 0], "include_drift": true})")->description(),
            "ARIMA(1,0,0) with mean and drift");
  EXPECT_EQ(fit(series, R"({"order": [0, 1, 0], "include_drift": true})")->description(),
            "ARIMA(0,1,0) with drift");
  EXPECT_THAT(fit(series, R"({"seasonal": false})")->description(),
              testing::Not(HasSubstr("[12]")));
  EXPECT_THAT(fit(series, R"({"stationary": true})")->description(), HasSubstr(",0,"));
  EXPECT_THAT(fit(series, R"({"max_p": 0, "max_q": 0, "d": 2, "D": 0})")->description(),
              HasSubstr("ARIMA(0,2,0)"));
  EXPECT_THAT(fit(series, R"({"stepwise": false, "max_order": 1, "D": 1})")->description(),
              HasSubstr("[12]"));
}

TEST(Arima, RefusesSettingsThatMakeNoModel) {
  const auto sample = synthetic(60, 1);
  const auto refusal = [&](std::string_view settings) {
    const auto fitted = make_arima()->fit(sample.view(), {.hyperparameters = settings});
    return fitted ? std::string("none") : describe(fitted.error());
  };
  EXPECT_THAT(refusal(R"({"order": [1, 1]})"), HasSubstr("order"));
  EXPECT_THAT(refusal(R"({"order": [1, 0, 99]})"), HasSubstr("order"));
  EXPECT_THAT(refusal(R"({"seasonal_order": [1, 0, 0]})"), HasSubstr("no season"));
  EXPECT_THAT(refusal(R"({"order": [0, 2, 0], "include_drift": true})"), HasSubstr("drift"));
  EXPECT_THAT(refusal(R"({"test": "none"})"), HasSubstr("kpss"));
  EXPECT_THAT(refusal(R"({"order": [20, 2, 24], "include_mean": false})"), HasSubstr("none"));
  const auto few = synthetic(40, 1);
  const auto fitted =
      make_arima()->fit(few.view(), {.hyperparameters = R"({"order": [20, 2, 24]})"});
  ASSERT_FALSE(fitted);
  EXPECT_THAT(fitted.error().detail, HasSubstr("needs at least 49"));
}

// Twice the covariate, and 5; the last covariate says nothing that the first does not.
class ArimaCovariates : public testing::Test {
 protected:
  void SetUp() override {
    const auto noise = synthetic(80, 1).y;
    for (std::size_t t = 0; t < noise.size(); ++t) {
      x.push_back(1e6 * std::sin(static_cast<double>(t * t)));
      tripled.push_back(3.0 * x.back());
      y.push_back(2.0 * x.back() + 5e6 + 1e3 * (noise[t] - 200.0 - 0.5 * static_cast<double>(t)));
    }
  }

  Series series(std::size_t first, std::size_t count) const {
    return {.y = std::span(y).subspan(first, count),
            .covariates = {std::span(x).subspan(first, count),
                           std::span(tripled).subspan(first, count)}};
  }

  std::vector<double> x, tripled, y;
};

TEST_F(ArimaCovariates, ExplainTheSeries) {
  const auto fitted = fit(series(0, 80), "");
  EXPECT_THAT(fitted->description(), HasSubstr("Regression with errors ARIMA"));
  const std::vector<double> next{4e6, 0.0};
  const std::vector<double> next_tripled{12e6, 0.0};
  const auto forecast = fitted->forecast({.horizon = 2, .covariates = {next, next_tripled}});
  ASSERT_TRUE(forecast);
  EXPECT_NEAR(forecast->mean[0] - forecast->mean[1], 8e6, 1e5);
  const auto parts = fitted->components();
  ASSERT_EQ(parts.size(), 4u);
  EXPECT_EQ(parts[1].name, "covariate 0");
  EXPECT_NEAR(parts[1].values[7], 2.0 * x[7], 0.02 * std::abs(x[7]));
}

TEST_F(ArimaCovariates, AreAskedForInTheFutureAndInUpdates) {
  const auto fitted = fit(series(0, 60), "");
  EXPECT_FALSE(fitted->forecast({.horizon = 2}));
  auto next = series(60, 20);
  EXPECT_TRUE(fitted->update(next));
  next.covariates.pop_back();
  EXPECT_FALSE(fitted->update(next));
}

TEST_F(ArimaCovariates, AreHeededByUpdates) {
  constexpr std::string_view settings = R"({"order": [0, 0, 0]})";
  const auto later = fit(series(0, 60), settings)->update(series(60, 20)).value();
  const auto said = later->in_sample();
  ASSERT_EQ(said.first + said.values.size(), y.size());
  for (std::size_t i = 0; i < said.values.size(); ++i)
    EXPECT_NEAR(said.values[i], y[said.first + i], 1e5);
}

TEST(Arima, ExpectsTheLastValueOfARandomWalk) {
  const auto sample = synthetic(30, 1);
  const auto fitted = fit(sample.view(), R"({"order": [0, 1, 0]})");
  const auto said = fitted->in_sample();
  ASSERT_EQ(said.first, 1u);
  for (std::size_t i = 0; i < said.values.size(); ++i)
    EXPECT_NEAR(said.values[i], sample.y[i], 1e-9);
  EXPECT_NEAR(fitted->forecast({.horizon = 3})->mean[2], sample.y.back(), 1e-9);
}

// R: set.seed(52); round(100 + cumsum(rnorm(16)), 1). auto.arima says ARIMA(0,1,0), AICc 45.377,
// and never tries ARIMA(0,1,1), whose AICc is 41.480.
TEST(Arima, LeavesShortRandomWalksAsRDoes) {
  const std::vector y{99.0, 98.6, 99.9, 100.9, 98.7, 99.8, 98.5, 99.1,
                      98.0, 98.8, 98.9, 98.0,  98.2, 97.7, 98.9, 98.5};
  const ArimaData data{.y = y};
  const auto fit = select_form({.data = data}, {});
  EXPECT_EQ(describe(fit.form, 0), "ARIMA(0,1,0)");
  EXPECT_NEAR(fit.aicc, 45.377, 1e-3);
}

TEST(Arima, StaysFiniteFromTwoObservationsToTwenty) {
  for (const int season : {1, 4, 12})
    for (std::size_t n = 2; n <= 20; ++n) {
      auto sample = synthetic(n, season);
      const auto fitted = fit(sample.view(), "");
      ASSERT_TRUE(fitted);
      const auto forecast = fitted->forecast({.horizon = 20, .levels = levels}).value();
      for (std::size_t h = 0; h < 20; ++h) {
        EXPECT_TRUE(std::isfinite(forecast.mean[h])) << n;
        EXPECT_LT(std::abs(forecast.mean[h]), 1e4) << n << " observations, season " << season;
      }
    }
}

TEST(Arima, ContinuesALineAndAPerfectSeason) {
  SampleSeries line{.name = "line"};
  SampleSeries season{.name = "season", .season_length = 4};
  for (int t = 0; t < 40; ++t) {
    line.y.push_back(3.0 + 2.0 * t);
    season.y.push_back(t % 4);
  }
  EXPECT_NEAR(fit(line.view(), "")->forecast({.horizon = 10})->mean[9], 3.0 + 2.0 * 49, 1e-6);
  EXPECT_NEAR(fit(season.view(), "")->forecast({.horizon = 10})->mean[9], 1.0, 1e-6);
}

TEST(Arima, ChoosesOrdersOfALongSeriesOnItsEnd) {
  // White noise at first, an autoregression in the last 5,000.
  SampleSeries sample{.name = "changed"};
  const auto noise = synthetic(12'000, 1).y;
  for (std::size_t t = 0; t < noise.size(); ++t) {
    const double shock = noise[t] - 200.0 - 0.5 * static_cast<double>(t);
    sample.y.push_back(shock + (t < 7000 ? 0.0 : 0.8 * sample.y.back()));
  }
  EXPECT_THAT(fit(sample.view(), R"({"d": 0, "max_q": 0})")->description(),
              HasSubstr("ARIMA(1,0,0)"));
}

}  // namespace
}  // namespace trainyard::models

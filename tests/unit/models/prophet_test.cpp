#include "tests/unit/models/sample_series.hpp"
#include "worker/models/numeric/quantile.hpp"
#include "worker/models/prophet/prophet_fit.hpp"
#include "worker/models/prophet/prophet_form.hpp"
#include "worker/models/prophet/prophet_paths.hpp"
#include "worker/models/registry.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace trainyard::models {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::sys_days;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::array levels{80.0};

// Owns the values of a daily series that starts on Wednesday, 1 January 2020.
struct Daily {
  std::vector<double> y;
  std::vector<std::vector<double>> covariates = {};

  Series view() const {
    Series series{.y = y, .start = sys_days(2020y / 1 / 1), .frequency = {.count = 1}};
    series.covariates.assign(covariates.begin(), covariates.end());
    return series;
  }
};

Daily daily(std::size_t length, auto value_at) {
  Daily series;
  for (std::size_t t = 0; t < length; ++t)
    series.y.push_back(value_at(static_cast<double>(t)));
  return series;
}

std::unique_ptr<FittedModel> fit(const Series& series, std::string_view settings = "") {
  auto fitted = make_model("prophet")->fit(series, {.hyperparameters = settings});
  if (!fitted) ADD_FAILURE() << describe(fitted.error());
  return fitted ? std::move(*fitted) : nullptr;
}

std::string refusal(const Series& series, std::string_view settings) {
  const auto fitted = make_model("prophet")->fit(series, {.hyperparameters = settings});
  if (fitted) return "taken";
  EXPECT_EQ(fitted.error().code, Errc::invalid_argument);
  EXPECT_EQ(category_of(fitted.error()), Category::config);
  return describe(fitted.error());
}

std::vector<std::string> names(const std::vector<Component>& components) {
  std::vector<std::string> all;
  for (const auto& component : components)
    all.push_back(component.name);
  return all;
}

double wobble(double t) {
  return std::sin(12.9898 * t) * std::cos(4.1414 * t * t);
}

// The problem of a series, to look at its posterior.
struct Planned {
  Planned(const Series& series, std::string_view settings)
      : options(read_prophet_options(settings).value()),
        plan(plan_prophet(series, options, {}).value()) {
    const auto times = plan.form.clock.times(0, series.y.size());
    t = plan.form.clock.scaled(times);
    for (const double value : series.y)
      y.push_back(plan.form.units.value(value));
    features = make_features(plan.form.groups, times, series.covariates);
    for (const auto& group : plan.form.groups)
      effects.insert(effects.end(), group.columns(), group.effect);
  }

  ProphetProblem view() const {
    return {.t = t,
            .y = y,
            .trend = plan.form.trend,
            .features = features,
            .effects = effects,
            .prior_scales = plan.prior_scales,
            .changepoint_prior_scale = options.changepoint_prior_scale};
  }

  ProphetOptions options;
  ProphetPlan plan;
  std::vector<double> t;
  std::vector<double> y;
  FeatureMatrix features;
  std::vector<Effect> effects;
};

TEST(Prophet, FitsToWhereNoParameterGainsAnything) {
  const auto series = air_passengers();
  for (const std::string_view settings :
       {R"({})", R"({"seasonality_mode": "multiplicative"})",
        R"({"growth": "logistic", "cap": 700})",
        R"({"growth": "logistic", "cap": 700, "floor": 50, "seasonality_mode": "multiplicative"})",
        R"({"growth": "flat"})", R"({"changepoint_prior_scale": 10})"}) {
    SCOPED_TRACE(settings);
    const Planned planned(series.view(), settings);
    const auto best = maximise_posterior(planned.view(), {}).value();
    const double density = log_posterior(planned.view(), best);
    const auto theta = to_vector(best);
    for (std::size_t j = 0; j <= theta.size(); ++j)
      for (const double step : {-1e-4, 1e-4}) {
        auto moved = theta;
        if (j < theta.size()) moved[j] += step;
        const double sigma = j < theta.size() ? best.sigma : best.sigma * (1.0 + step);
        EXPECT_LT(log_posterior(planned.view(), to_parameters(moved, sigma, best.beta.size())),
                  density + 1e-6)
            << "parameter " << j;
      }
  }
}

TEST(Prophet, FindsAChangeOfTheTrendAmongManyChangepoints) {
  const auto series =
      daily(300, [](double t) { return 5.0 + 0.1 * t - (t > 120 ? 0.3 * (t - 120) : 0.0); });
  const auto fitted = fit(series.view(), R"({"weekly_seasonality": false})");
  EXPECT_EQ(fitted->description(), "Prophet(linear, 25 changepoints)");
  const auto forecast = fitted->forecast({.horizon = 10}).value();
  for (std::size_t h = 0; h < 10; ++h) {
    const double t = 300.0 + static_cast<double>(h);
    EXPECT_NEAR(forecast.mean[h], 5.0 + 0.1 * t - 0.3 * (t - 120.0), 0.1);
  }
}

TEST(Prophet, TakesChangepointsThatAreGiven) {
  const auto series = daily(100, [](double t) { return t + std::max(0.0, t - 31.0); });
  const auto fitted = fit(series.view(), R"({"changepoints": ["2020-02-01"],
                                             "weekly_seasonality": false})");
  EXPECT_EQ(fitted->description(), "Prophet(linear, 1 changepoints)");
  EXPECT_NEAR(fitted->forecast({.horizon = 1})->mean[0], 169.0, 0.5);
  EXPECT_THAT(refusal(series.view(), R"({"changepoints": ["2020-02-01", "2021-02-01"]})"),
              HasSubstr("prophet.changepoints"));
}

TEST(Prophet, KeepsItsYearlySeasonOnRealDatesThroughLeapYears) {
  // Monthly values that depend on the calendar month alone.
  SampleSeries series{.name = "months"};
  for (int month = 0; month < 96; ++month)
    series.y.push_back(100.0 + 10.0 * (month % 12 == 11) - 5.0 * (month % 12 == 1));
  const auto fitted = fit(series.view());
  EXPECT_EQ(fitted->description(), "Prophet(linear, 25 changepoints, season yearly 10)");
  const auto forecast = fitted->forecast({.horizon = 48}).value();
  for (std::size_t h = 0; h < forecast.mean.size(); ++h)
    EXPECT_NEAR(forecast.mean[h], 100.0 + 10.0 * (h % 12 == 11) - 5.0 * (h % 12 == 1), 1.5) << h;
}

TEST(Prophet, TurnsSeasonalitiesOnByLengthAndSpacing) {
  const auto at = [](std::size_t length, domain::Period period, std::string_view settings) {
    const auto series = daily(length, wobble);
    auto view = series.view();
    view.frequency.period = period;
    return fit(view, settings)->description();
  };
  using enum domain::Period;
  EXPECT_EQ(at(14, day, ""), "Prophet(linear, 10 changepoints)");
  EXPECT_EQ(at(15, day, ""), "Prophet(linear, 11 changepoints, season weekly 3)");
  EXPECT_EQ(at(731, day, ""),
            "Prophet(linear, 25 changepoints, season yearly 10, season weekly 3)");
  EXPECT_EQ(at(49, hour, ""), "Prophet(linear, 25 changepoints, season daily 4)");
  EXPECT_EQ(at(49, hour, R"({"daily_seasonality": false, "weekly_seasonality": 2})"),
            "Prophet(linear, 25 changepoints, season weekly 2)");
  EXPECT_EQ(at(731, week, R"({"n_changepoints": 0, "yearly_seasonality": true})"),
            "Prophet(linear, season yearly 10)");
  EXPECT_EQ(at(15, day, R"({"seasonalities": [{"name": "weekly", "period": 7, "fourier_order": 1,
                                               "mode": "multiplicative"}]})"),
            "Prophet(linear, 11 changepoints, season weekly 1 multiplicative)");
}

TEST(Prophet, LearnsAHolidayAndItsEve) {
  const auto is = [](double t, int day) { return static_cast<int>(t) % 100 == day ? 1.0 : 0.0; };
  const auto value = [&](double t) { return 50.0 + 20.0 * is(t, 40) - 8.0 * is(t, 39); };
  const auto series = daily(300, value);
  const auto day_at = [](int t) {
    return '"' + to_iso8601(sys_days(2020y / 1 / 1) + days(t)).substr(0, 10) + '"';
  };
  const std::string settings = R"({"holidays": [{"holiday": "fair", "lower_window": -1, "ds": [)" +
                               day_at(40) + ',' + day_at(140) + ',' + day_at(240) + ',' +
                               day_at(340) + "]}]}";
  const auto fitted = fit(series.view(), settings);
  EXPECT_THAT(names(fitted->components()),
              ElementsAre("trend", "season weekly", "holidays", "remainder"));
  EXPECT_NEAR(fitted->components()[2].values[140], 20.0, 0.5);
  const auto forecast = fitted->forecast({.horizon = 50}).value();
  EXPECT_NEAR(forecast.mean[40], 70.0, 1.0);
  EXPECT_NEAR(forecast.mean[39], 42.0, 1.0);
  EXPECT_NEAR(forecast.mean[41], 50.0, 1.0);
}

TEST(Prophet, LearnsWhatACovariateDoesWhateverItsUnit) {
  for (const double unit : {1e-300, 1.0, 1e300}) {
    auto series = daily(200, [](double t) { return 10.0 + 3.0 * wobble(t); });
    auto& covariate = series.covariates.emplace_back();
    for (int t = 0; t < 200; ++t)
      covariate.push_back(unit * wobble(t));
    for (const auto* settings : {R"({})", R"({"regressors": [{"mode": "multiplicative"}]})"}) {
      const auto fitted = fit(series.view(), settings);
      const std::vector<double> future{unit, -unit};
      const auto forecast = fitted->forecast({.horizon = 2, .covariates = {future}}).value();
      EXPECT_NEAR(forecast.mean[0], 13.0, 0.1) << unit;
      EXPECT_NEAR(forecast.mean[1], 7.0, 0.1) << unit;
    }
  }
}

TEST(Prophet, LeavesCovariatesOfZerosAndOnesAsTheyAre) {
  auto series = daily(100, wobble);
  series.covariates.resize(3);
  for (int t = 0; t < 100; ++t) {
    series.covariates[0].push_back(t % 2);
    series.covariates[1].push_back(1.0);
    series.covariates[2].push_back(t % 3);
  }
  const auto units = [&](std::string_view settings) {
    const Planned planned(series.view(), settings);
    std::vector<double> all;
    for (const auto& group : planned.plan.form.groups)
      if (const auto* column = std::get_if<CovariateColumn>(&group.kind))
        all.push_back(column->unit);
    return all;
  };
  using testing::DoubleNear;
  EXPECT_THAT(units(""), ElementsAre(1.0, 1.0, DoubleNear(0.8226, 1e-4)));
  EXPECT_THAT(units(R"({"regressors": [{"standardize": true}, {"standardize": true},
                                       {"standardize": false}]})"),
              ElementsAre(DoubleNear(0.5025, 1e-4), 1.0, 2.0));
}

TEST(Prophet, GivesItsOnlyEffectAsAFactorAndSeveralAsWhatTheyAdd) {
  const auto series = daily(800, [](double t) { return 100.0 + 0.1 * t + 5.0 * wobble(t); });
  const auto one = fit(series.view(), R"({"seasonality_mode": "multiplicative",
                                          "yearly_seasonality": false})")
                       ->components();
  EXPECT_EQ(one[1].effect, Effect::multiplicative);
  EXPECT_NEAR(one[0].values[9] * one[1].values[9] + one[2].values[9], series.y[9], 1e-9);
  const auto two = fit(series.view(), R"({"seasonality_mode": "multiplicative"})")->components();
  EXPECT_THAT(names(two), ElementsAre("trend", "season yearly", "season weekly", "remainder"));
  double sum = 0.0;
  for (const auto& part : two) {
    EXPECT_EQ(part.effect, Effect::additive);
    sum += part.values[9];
  }
  EXPECT_NEAR(sum, series.y[9], 1e-9);
}

TEST(Prophet, StaysBetweenFloorAndCap) {
  const auto series =
      daily(200, [](double t) { return 10.0 + 80.0 / (1.0 + std::exp(-0.05 * (t - 100.0))); });
  const auto fitted = fit(series.view(), R"({"growth": "logistic", "cap": 90, "floor": 10,
                                             "weekly_seasonality": false})");
  const auto forecast = fitted->forecast({.horizon = 400}).value();
  EXPECT_GT(forecast.mean.back(), 88.0);
  EXPECT_LE(forecast.mean.back(), 90.0);
  EXPECT_GT(fitted->in_sample().values.front(), 10.0);
}

TEST(Prophet, ForecastsLaterWithTheSameParametersAfterAnUpdate) {
  const auto whole = air_passengers();
  auto first = whole;
  first.y.resize(120);
  auto next = whole;
  next.y.erase(next.y.begin(), next.y.begin() + 120);
  next.first_period = 120;
  const auto fitted = fit(first.view());
  const auto updated = fitted->update(next.view()).value();
  const auto early = fitted->forecast({.horizon = 30, .levels = levels}).value();
  const auto late = updated->forecast({.horizon = 6, .levels = levels}).value();
  for (std::size_t h = 0; h < 6; ++h) {
    EXPECT_EQ(late.mean[h], early.mean[24 + h]);
    EXPECT_LT(late.intervals[0].upper[h], early.intervals[0].upper[24 + h]);
  }
  EXPECT_EQ(updated->in_sample().values.size(), 144u);
  EXPECT_FALSE(fitted->update(whole.view())) << "starts before the last observation";
}

TEST(Prophet, DrawsOtherFuturesForAnotherSeed) {
  const auto series = air_passengers();
  const auto upper = [&](std::uint64_t seed) {
    const auto fitted = make_model("prophet")->fit(series.view(), {.seed = seed}).value();
    return fitted->forecast({.horizon = 24, .levels = levels})->intervals[0].upper.back();
  };
  EXPECT_NE(upper(1), upper(2));
  EXPECT_NEAR(upper(1), upper(2), 0.05 * upper(1));
}

TEST(Prophet, RefusesByNameWhatDoesNotGoTogether) {
  const auto series = air_passengers();
  constexpr std::array<std::pair<std::string_view, std::string_view>, 17> cases{{
      {R"({"growth": "logistic"})", "prophet.cap"},
      {R"({"growth": "logistic", "cap": 600})", "largest observation 622"},
      {R"({"growth": "logistic", "cap": 700, "floor": 200})", "smallest observation 104"},
      {R"({"growth": "logistic", "cap": 700, "floor": 700})", "floor"},
      {R"({"growth": "logistic", "cap": 1e300})", "prophet.cap"},
      {R"({"cap": 700})", "logistic"},
      {R"({"growth": "cubic"})", "linear, logistic, flat"},
      {R"({"regressors": [{}]})", "prophet.regressors"},
      {R"({"yearly_seasonality": -1})", "prophet.yearly_seasonality"},
      {R"({"seasonalities": [{"name": "a", "period": 30.5}]})", "fourier_order"},
      {R"({"seasonalities": [{"period": 30.5, "fourier_order": 2}]})", "seasonalities[0].name"},
      {R"({"seasonalities": [{"name": "a", "period": 9, "fourier_order": 2, "when": "x"}]})",
       "no such setting"},
      {R"({"seasonalities": [{"name": "a", "period": 9, "fourier_order": 2},
                             {"name": "a", "period": 8, "fourier_order": 2}]})",
       "two have the name 'a'"},
      {R"({"holidays": [{"holiday": "fair"}]})", "holidays[0].ds"},
      {R"({"holidays": [{"holiday": "fair", "ds": "1 May"}]})", "2024-12-25"},
      {R"({"holidays": [{"holiday": "a", "ds": "2002-05-01", "prior_scale": 1},
                        {"holiday": "a", "ds": "2003-05-01", "prior_scale": 2}]})",
       "two prior scales"},
      {R"({"n_changepoints": 300, "changepoint_range": 1, "seasonalities": [
            {"name": "a", "period": 9, "fourier_order": 100},
            {"name": "b", "period": 8, "fourier_order": 100}]})",
       "at most 500"},
  }};
  for (const auto& [settings, named] : cases)
    EXPECT_THAT(refusal(series.view(), settings), HasSubstr(named)) << settings;
}

void expect_finite(const SampleSeries& series, std::string_view settings) {
  auto view = series.view();
  std::vector<double> covariate(series.y.size() + 5, 0.0);
  for (std::size_t i = 0; i < covariate.size(); ++i)
    covariate[i] = i % 3 == 0 ? 1.7e308 : -1.7e308;
  view.covariates = {std::span(covariate).first(series.y.size())};
  const auto fitted = fit(view, settings);
  ASSERT_TRUE(fitted) << series.name;
  const auto forecast =
      fitted
          ->forecast({.horizon = 5, .levels = levels, .covariates = {std::span(covariate).last(5)}})
          .value();
  for (std::size_t h = 0; h < 5; ++h) {
    const auto& [level, lower, upper] = forecast.intervals[0];
    ASSERT_TRUE(std::isfinite(lower[h]) && std::isfinite(upper[h])) << series.name;
    ASSERT_TRUE(lower[h] <= forecast.mean[h] && forecast.mean[h] <= upper[h]) << series.name;
  }
  for (const auto& component : fitted->components())
    for (const double value : component.values)
      ASSERT_TRUE(std::isfinite(value)) << series.name << ' ' << component.name;
}

TEST(Prophet, StaysFiniteWithAnySettingsOnAwkwardAndShortSeries) {
  auto all = awkward_series();
  for (std::size_t length = 2; length <= 20; ++length) {
    auto series = all[length % all.size()];
    series.y.resize(length);
    all.push_back(std::move(series));
  }
  constexpr std::array settings{
      R"({"seasonality_mode": "multiplicative", "weekly_seasonality": 30})",
      R"({"growth": "flat", "yearly_seasonality": 50, "seasonality_prior_scale": 1e9})",
      R"({"n_changepoints": 300, "changepoint_range": 1, "changepoint_prior_scale": 1e9})",
      R"({"changepoint_prior_scale": 1e-9, "holidays_prior_scale": 1e-9,
          "seasonality_prior_scale": 1e-9, "uncertainty_samples": 10})",
      R"({"regressors": [{"standardize": false, "mode": "multiplicative"}],
          "seasonalities": [{"name": "a", "period": 1e-6, "fourier_order": 9},
                            {"name": "b", "period": 1e6, "fourier_order": 9}]})",
      R"({"holidays": [{"holiday": "a", "ds": [], "upper_window": 3},
                       {"holiday": "b", "ds": ["2001-02-01", "0001-01-01", "9999-12-31"]}]})"};
  for (const auto& series : all) {
    for (const auto* each : settings)
      expect_finite(series, each);
    const auto [least, most] = std::ranges::minmax(series.y);
    const double room = std::clamp(std::max(most, -least), 1e-290, 1e300);
    for (const auto* mode : {"additive", "multiplicative"})
      expect_finite(series, fmt::format(R"({{"growth": "logistic", "cap": {}, "floor": {},
                                     "seasonality_mode": "{}"}})",
                                        std::max(most, least + room), least, mode));
  }
}

TEST(TrendPaths, SpreadAsThePoissonProcessOfChangesDoes) {
  // The variance of Σ Δ (τ − u)₊ over changes at rate r with Laplace scale b is 2 r b² τ³/3.
  TrendPaths paths({.rate = 25.0, .scale = 0.2}, 20'000, 1);
  for (const double time : {0.1, 0.25, 0.7}) {
    paths.advance_to(time);
    double squares = 0.0;
    for (const double deviation : paths.deviations())
      squares += deviation * deviation / 20'000.0;
    const double variance = 2.0 * 25.0 * 0.04 * time * time * time / 3.0;
    EXPECT_NEAR(squares, variance, 0.05 * variance);
  }
}

TEST(TrendPaths, HasQuantilesOfValuesAndOfTheNormalDistribution) {
  std::vector<double> values{5.0, 1.0, 4.0, 2.0, 3.0};
  EXPECT_DOUBLE_EQ(quantile(values, 0.5), 3.0);
  EXPECT_DOUBLE_EQ(quantile(values, 0.1), 1.4);
  EXPECT_DOUBLE_EQ(quantile(values, 1.0), 5.0);
  const auto normal = normal_quantiles(5);
  EXPECT_NEAR(normal[0], -1.2815515655, 1e-9);
  EXPECT_EQ(normal[2], 0.0);
  EXPECT_NEAR(normal[3], 0.5244005127, 1e-9);
}

}  // namespace
}  // namespace trainyard::models

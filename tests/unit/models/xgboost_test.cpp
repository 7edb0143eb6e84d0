#include "tests/unit/models/sample_series.hpp"
#include "worker/models/registry.hpp"
#include "worker/models/xgboost/calendar_features.hpp"
#include "worker/models/xgboost/conformal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>

namespace trainyard::models {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;

constexpr std::array levels{95.0};

Result<std::unique_ptr<FittedModel>> fit(const Series& series, std::string_view settings = {}) {
  return make_model("xgboost")->fit(series, {.hyperparameters = settings});
}

TEST(Xgboost, ExtrapolatesATrend) {
  SampleSeries series{.name = "line"};
  for (int t = 0; t < 100; ++t)
    series.y.push_back(5.0 * t - 50.0);
  const auto fitted = fit(series.view());
  ASSERT_TRUE(fitted) << describe(fitted.error());
  const auto forecast = (*fitted)->forecast({.horizon = 20});
  EXPECT_NEAR(forecast->mean[19], 5.0 * 119 - 50.0, 5.0);
}

TEST(Xgboost, LearnsASeason) {
  const auto series = synthetic(240, 12);
  const auto all = synthetic(252, 12).y;
  const auto fitted = fit(series.view());
  const auto forecast = (*fitted)->forecast({.horizon = 12, .levels = levels});
  for (std::size_t h = 0; h < 12; ++h)
    EXPECT_NEAR(forecast->mean[h], all[240 + h], 25.0);
}

TEST(Xgboost, FollowsACovariate) {
  SampleSeries series{.name = "driven"};
  std::vector<double> covariate;
  double level = 100.0;
  for (int t = 0; t < 200; ++t) {
    covariate.push_back(t % 7 == 3 || t % 11 == 5 ? 1.0 : 0.0);
    level += covariate.back() > 0.0 ? 10.0 : -2.0;
    series.y.push_back(level);
  }
  auto view = series.view();
  view.covariates = {covariate};
  const auto fitted = fit(view);
  ASSERT_TRUE(fitted) << describe(fitted.error());
  const std::vector<double> on{1.0, 1.0, 1.0};
  const std::vector<double> off{0.0, 0.0, 0.0};
  const auto rising = (*fitted)->forecast({.horizon = 3, .covariates = {on}});
  const auto falling = (*fitted)->forecast({.horizon = 3, .covariates = {off}});
  EXPECT_GT(rising->mean[2], level + 15.0);
  EXPECT_LT(falling->mean[2], level);
}

TEST(Xgboost, AsksForFutureValuesOfItsCovariates) {
  const auto series = synthetic(60, 1);
  auto view = series.view();
  view.covariates = {series.y};
  const auto fitted = fit(view);
  const auto forecast = (*fitted)->forecast({.horizon = 3});
  ASSERT_FALSE(forecast);
  EXPECT_EQ(forecast.error().code, Errc::invalid_argument);
  EXPECT_EQ(forecast.error().field, "covariates");
}

TEST(Xgboost, LearnsFromTheEndOfALongSeriesAndSaysSo) {
  const auto series = synthetic(40'000, 12);  // it grows: both are scaled by their last values
  const auto whole = fit(series.view());
  ASSERT_TRUE(whole) << describe(whole.error());
  EXPECT_EQ((*whole)->description(), "XGBoost(12 lags, 22 features, log, last 13636 of 40000)");
  auto end = series.view();
  end.start = domain::advance(end.start, end.frequency, 40'000 - 13'636);
  end.y = end.y.last(13'636);
  const auto of_end = fit(end);
  ASSERT_TRUE(of_end) << describe(of_end.error());
  EXPECT_THAT((*whole)->forecast({.horizon = 12})->mean,
              ElementsAreArray((*of_end)->forecast({.horizon = 12})->mean));
}

TEST(Xgboost, KeepsItsCovariatesThroughAStoreAndAnUpdate) {
  const auto whole = synthetic(120, 12);
  std::vector<double> covariate;
  for (int t = 0; t < 120; ++t)
    covariate.push_back(t % 5 == 0 ? 1.0 : 0.0);
  auto first = whole.view();
  first.y = first.y.first(100);
  first.covariates = {std::span(covariate).first(100)};
  auto next = whole.view();
  next.start = domain::advance(next.start, next.frequency, 100);
  next.y = next.y.last(20);
  const auto fitted = fit(first);
  ASSERT_TRUE(fitted) << describe(fitted.error());
  const auto without = (*fitted)->update(next);
  ASSERT_FALSE(without);
  EXPECT_EQ(without.error().field, "covariates");

  next.covariates = {std::span(covariate).last(20)};
  const auto loaded = load_model(*(*fitted)->save());
  ASSERT_TRUE(loaded) << describe(loaded.error());
  const ForecastRequest request{.horizon = 6, .covariates = {std::span(covariate).first(6)}};
  const auto later = (*fitted)->update(next);
  EXPECT_THAT((*(*loaded)->update(next))->forecast(request)->mean,
              ElementsAreArray((*later)->forecast(request)->mean));
  EXPECT_EQ((*later)->in_sample().values.size(), 119u);
  EXPECT_THAT((*loaded)->in_sample().values, ElementsAre());
}

TEST(Xgboost, ExpectsInSampleWhatItForecastsOneStepAhead) {
  const auto whole = air_passengers();
  auto first = whole.view();
  first.y = first.y.first(100);
  auto next = whole.view();
  next.start = domain::advance(next.start, next.frequency, 100);
  next.y = next.y.subspan(100, 1);
  const auto fitted = fit(first);
  const auto later = (*fitted)->update(next);
  ASSERT_TRUE(later) << describe(later.error());
  EXPECT_NEAR((*later)->in_sample().values.back(), (*fitted)->forecast({.horizon = 1})->mean[0],
              1e-9);
}

TEST(Xgboost, PartsItsExpectationsIntoWhatGaveRiseToThem) {
  for (const double base : {0.0, 1000.0}) {  // of changes, and of changes of the logarithm
    SampleSeries series{.name = "driven"};
    std::vector<double> covariate;
    for (int t = 0; t < 150; ++t) {
      covariate.push_back(t % 7 == 3 || t % 11 == 5 ? 1.0 : 0.0);
      series.y.push_back((t > 0 ? series.y.back() : base) + (covariate.back() > 0 ? 10.0 : -2.0));
    }
    auto view = series.view();
    view.covariates = {covariate};
    const auto fitted = fit(view, base > 0.0 ? R"({"transform": "log"})" : "");
    ASSERT_TRUE(fitted) << describe(fitted.error());
    const auto parts = (*fitted)->components();
    std::vector<std::string> names;
    for (const auto& part : parts)
      names.push_back(part.name);
    ASSERT_THAT(names, ElementsAre("level", "trend", "calendar", "covariate 0", "remainder"));

    const auto effect = base > 0.0 ? Effect::multiplicative : Effect::additive;
    const auto& driver = parts[3];
    EXPECT_EQ(driver.effect, effect);
    const auto said = (*fitted)->in_sample();
    for (std::size_t t = 1; t < series.y.size(); ++t) {
      const double neutral = effect == Effect::multiplicative ? 1.0 : 0.0;
      EXPECT_NEAR(parts[0].values[t], series.y[t - 1], 1e-9);
      EXPECT_EQ(driver.values[t] > neutral, covariate[t] > 0.0) << "observation " << t + 1;
      EXPECT_NEAR(series.y[t] - parts[4].values[t], said.values[t - said.first], 1e-2);
    }
  }
}

TEST(Xgboost, RefusesAnUpdateWithoutALogarithm) {
  auto next = air_passengers();
  const auto fitted = fit(next.view(), R"({"transform": "log"})");
  next.first_period = 144;
  next.y = {400.0, 0.0};
  const auto later = (*fitted)->update(next.view());
  ASSERT_FALSE(later);
  EXPECT_EQ(later.error().code, Errc::invalid_argument);
  EXPECT_EQ(later.error().row, 2);
}

TEST(Xgboost, RefusesSavedTreesThatAreNone) {
  const auto text = *(*fit(air_passengers().view()))->save();
  const auto load_with = [&](std::string_view key, const nlohmann::json& value) {
    auto document = nlohmann::json::parse(text);
    document["state"][key] = value;
    const auto loaded = load_model(document.dump());
    EXPECT_FALSE(loaded) << key;
    return loaded ? Error{} : loaded.error();
  };
  for (const char* trees : {"", "binf", "{\"learner\": 1", "{\"learner\": {}}"})
    EXPECT_EQ(load_with("booster", trees).field, "booster") << trees;
  EXPECT_EQ(load_with("covariates", 1).field, "booster");  // a column more than the trees have
  EXPECT_EQ(load_with("unit", 0.0).field, "unit");
  EXPECT_EQ(load_with("scores", {2.0, 1.0}).field, "scores");
  EXPECT_EQ(load_with("levels", nlohmann::json::array()).field, "levels");
  EXPECT_EQ(load_with("lags", {2, 1}).field, "lags");
  EXPECT_EQ(load_with("steps", 0).field, "steps");
  EXPECT_EQ(load_with("differencing", "third").field, "differencing");
}

TEST(Xgboost, RefusesSavedTreesThatLeadNowhere) {
  const auto text = *(*fit(air_passengers().view()))->save();
  const auto trees = nlohmann::json::parse(text)["state"]["booster"].get<std::string>();
  const std::string model = "/learner/gradient_booster/model";
  const auto refuses = [&](const std::string& place, const nlohmann::json& value) {
    auto damaged = nlohmann::json::parse(trees);
    damaged[nlohmann::json::json_pointer(model + place)] = value;
    auto document = nlohmann::json::parse(text);
    document["state"]["booster"] = damaged.dump();
    const auto loaded = load_model(document.dump());
    return !loaded && loaded.error().field == "booster";
  };
  EXPECT_TRUE(refuses("/trees/0/left_children/0", 100'000'000));
  EXPECT_TRUE(refuses("/trees/0/right_children/0", 0));  // round and round
  EXPECT_TRUE(refuses("/trees/0/split_indices/0", 100'000'000));
  EXPECT_TRUE(refuses("/trees/0/split_type/0", 1));
  EXPECT_TRUE(refuses("/trees/0/right_children", nlohmann::json::array()));
  EXPECT_TRUE(refuses("/tree_info", nlohmann::json::array()));
  EXPECT_TRUE(refuses("/gbtree_model_param/num_parallel_tree", "0"));
  EXPECT_FALSE(refuses("/trees/0/id", 0));  // as it was
}

class XgboostSettingsTest : public testing::TestWithParam<const char*> {};

TEST_P(XgboostSettingsTest, ForecastsTheSeasonOfAirPassengers) {
  const auto whole = air_passengers();
  auto past = whole.view();
  past.y = past.y.first(132);
  const auto fitted = fit(past, GetParam());
  ASSERT_TRUE(fitted) << describe(fitted.error());
  const auto forecast = (*fitted)->forecast({.horizon = 12, .levels = levels});
  double error = 0.0;
  for (std::size_t h = 0; h < 12; ++h) {
    error += std::abs(forecast->mean[h] - whole.y[132 + h]) / whole.y[132 + h] / 12.0;
    EXPECT_LE(forecast->intervals[0].lower[h], forecast->mean[h]);
  }
  EXPECT_LT(error, 0.15);
}

TEST_P(XgboostSettingsTest, ForecastsTheSameOnceStoredAndUpdated) {
  const auto whole = air_passengers();
  auto past = whole.view();
  past.y = past.y.first(120);
  auto next = whole.view();
  next.start = domain::advance(next.start, next.frequency, 120);
  next.y = next.y.last(24);
  const auto fitted = fit(past, GetParam());
  ASSERT_TRUE(fitted) << describe(fitted.error());
  const auto loaded = load_model(*(*fitted)->save());
  ASSERT_TRUE(loaded) << describe(loaded.error());
  EXPECT_EQ((*loaded)->description(), (*fitted)->description());
  const ForecastRequest request{.horizon = 30, .levels = levels};
  EXPECT_THAT((*loaded)->forecast(request)->mean,
              ElementsAreArray((*fitted)->forecast(request)->mean));
  EXPECT_THAT((*(*loaded)->update(next))->forecast(request)->mean,
              ElementsAreArray((*(*fitted)->update(next))->forecast(request)->mean));
}

TEST_P(XgboostSettingsTest, HasComponentsThatMakeUpTheData) {
  const auto series = air_passengers();
  const auto fitted = fit(series.view(), GetParam());
  ASSERT_TRUE(fitted) << describe(fitted.error());
  const auto said = (*fitted)->in_sample();
  ASSERT_EQ(said.first + said.values.size(), series.y.size());
  const auto parts = (*fitted)->components();
  for (std::size_t t = 0; t < series.y.size(); ++t) {
    double sum = 0.0;
    double factor = 1.0;
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
      if (parts[i].effect == Effect::additive) sum += parts[i].values[t];
      if (parts[i].effect == Effect::multiplicative) factor *= parts[i].values[t];
    }
    EXPECT_NEAR(sum * factor + parts.back().values[t], series.y[t], 1e-6) << t;
    if (t >= said.first) EXPECT_NEAR(sum * factor, said.values[t - said.first], 1e-2) << t;
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, XgboostSettingsTest,
    testing::Values(R"({"strategy": "recursive"})", R"({"strategy": "direct", "steps": 5})",
                    R"({"differencing": "seasonal"})", R"({"differencing": "none"})",
                    R"({"strategy": "direct", "differencing": "seasonal", "steps": 18})",
                    R"({"transform": "log", "scaling": "robust", "loss": "pseudo_huber"})",
                    R"({"lags": [12, 1, 2, 12], "windows": [24], "calendar": false})"),
    [](const auto& test) { return "Settings" + std::to_string(test.index); });

TEST(Xgboost, DescribesWhatItWasSetTo) {
  const auto series = air_passengers();
  const auto of = [&](const char* settings) {
    return (*fit(series.view(), settings))->description();
  };
  EXPECT_EQ(of("{}"), "XGBoost(12 lags, 23 features, 12 steps)");
  EXPECT_EQ(of(R"({"strategy": "recursive", "transform": "log"})"),
            "XGBoost(12 lags, 22 features, log)");
  EXPECT_EQ(of(R"({"differencing": "seasonal", "strategy": "direct", "steps": 6})"),
            "XGBoost(12 lags, 23 features, 6 steps, seasonal differencing)");
  // Two columns for the window, three of the season, the step and the place.
  EXPECT_EQ(of(R"({"lags": [12, 1, 2, 12], "windows": [24], "calendar": false})"),
            "XGBoost(3 lags, 10 features, 12 steps)");
}

TEST(Xgboost, RepeatsASeasonThatItOnlyDifferences) {
  SampleSeries series{.name = "repeating", .season_length = 4};
  for (int t = 0; t < 60; ++t)
    series.y.push_back(std::array{3.0, 8.0, -2.0, 5.0}[t % 4]);
  const auto fitted = fit(series.view(), R"({"differencing": "seasonal", "strategy": "direct"})");
  ASSERT_TRUE(fitted) << describe(fitted.error());
  EXPECT_THAT((*fitted)->forecast({.horizon = 30})->mean,
              ElementsAreArray(std::span(series.y).first(30)));
}

TEST(Xgboost, ScalesChangesRobustlyWhenMostAreEqual) {
  SampleSeries series{.name = "steps"};
  for (int t = 0; t < 60; ++t)
    series.y.push_back(t % 10 == 0 ? 5.0 : 1.0);
  const auto fitted = fit(series.view(), R"({"scaling": "robust"})");
  ASSERT_TRUE(fitted) << describe(fitted.error());
  for (const double value : (*fitted)->forecast({.horizon = 10})->mean)
    EXPECT_NEAR(value, 3.0, 4.0);
}

TEST(Xgboost, RefusesSettingsThatMakeNoSense) {
  const auto refusal = [](const Series& series, const char* settings) {
    const auto fitted = fit(series, settings);
    EXPECT_FALSE(fitted) << settings;
    return fitted ? std::string() : describe(fitted.error());
  };
  const auto series = air_passengers();
  const auto view = series.view();
  EXPECT_THAT(refusal(view, R"({"strategy": "both"})"), HasSubstr("recursive, direct"));
  EXPECT_THAT(refusal(view, R"({"differencing": 1})"), HasSubstr("none, first, seasonal"));
  EXPECT_THAT(refusal(view, R"({"scaling": "minmax"})"), HasSubstr("none, standard, robust"));
  EXPECT_THAT(refusal(view, R"({"steps": 12})"), HasSubstr("with the strategy direct only"));
  for (const char* lags : {R"({"lags": []})", R"({"lags": [0]})", R"({"lags": [1.5]})",
                           R"({"lags": 3})", R"({"lags": ["1"]})"})
    EXPECT_THAT(refusal(view, lags), HasSubstr("hyperparameters.xgboost.lags")) << lags;
  EXPECT_THAT(refusal(view, R"({"lags": [100]})"), HasSubstr("needs at least 200 observations"));
  EXPECT_THAT(refusal(view, R"({"windows": [73]})"), HasSubstr("the series has 144"));
  EXPECT_THAT(refusal(synthetic(40, 1).view(), R"({"differencing": "seasonal"})"),
              HasSubstr("two seasons"));
  auto with_zero = series;
  with_zero.y[7] = 0.0;
  EXPECT_THAT(refusal(with_zero.view(), R"({"transform": "log"})"), HasSubstr("row 8"));
}

TEST(Xgboost, NamesTheBoundsOfAHyperparameter) {
  const auto fitted = fit(air_passengers().view(), R"({"max_depth": 99})");
  ASSERT_FALSE(fitted);
  EXPECT_THAT(describe(fitted.error()), HasSubstr("hyperparameters.xgboost.max_depth"));
  EXPECT_THAT(describe(fitted.error()), HasSubstr("1 to 16"));
}

TEST(ConformalBands, TakeTheRankThatCoversFiniteSamples) {
  // 19 scores: 95 % of 20 is the 19th, 90 % the 18th.
  std::vector<std::vector<double>> errors;
  for (int i = 1; i <= 19; ++i)
    errors.push_back({i % 2 == 0 ? -1.0 * i : 1.0 * i});
  const ConformalBands bands(errors);
  EXPECT_NEAR(bands.half_width(95.0, 1), 19.0, 1e-12);
  EXPECT_NEAR(bands.half_width(90.0, 1), 18.0, 1e-12);
}

TEST(ConformalBands, StretchTheLargestErrorWhenScoresAreTooFew) {
  const ConformalBands bands({{1.0}, {2.0}, {-3.0}});
  EXPECT_GT(bands.half_width(95.0, 1), 3.0);
  EXPECT_GT(bands.half_width(99.0, 1), bands.half_width(95.0, 1));
}

TEST(ConformalBands, NeverNarrowWithTheStep) {
  const ConformalBands bands({{1.0, 0.5, 3.0}, {2.0, 1.0}, {1.0}});
  for (int step = 1; step < 20; ++step)
    EXPECT_LE(bands.half_width(80.0, step), bands.half_width(80.0, step + 1));
}

TEST(CalendarFeatures, SayWhatVariesAtTheFrequency) {
  using namespace std::chrono_literals;
  const TimePoint leap_day = std::chrono::sys_days(2024y / 2 / 29) + 13h;
  const auto features = [&](domain::Period period) {
    std::vector<float> row;
    append_calendar_features(leap_day, {.period = period}, row);
    EXPECT_EQ(row.size(), calendar_feature_count({.period = period}));
    return row;
  };
  EXPECT_THAT(features(domain::Period::year), ElementsAre());
  EXPECT_THAT(features(domain::Period::month), ElementsAre(2, 29));
  EXPECT_THAT(features(domain::Period::day), ElementsAre(4, 29, 60, 2));
  EXPECT_THAT(features(domain::Period::hour), ElementsAre(13, 4, 2));
}

}  // namespace
}  // namespace trainyard::models

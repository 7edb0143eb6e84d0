#include "tests/unit/models/sample_series.hpp"
#include "worker/models/global_model.hpp"
#include "worker/models/registry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <random>

namespace trainyard::models {
namespace {

using testing::ElementsAreArray;
using testing::HasSubstr;

constexpr std::array levels{95.0};

class XgboostGlobal : public testing::Test {
 protected:
  Result<std::unique_ptr<FittedGlobal>> learn(const std::vector<SampleSeries>& all,
                                              const FitContext& context = {},
                                              std::optional<int> horizon = {}) const {
    std::vector<Series> views;
    for (const auto& series : all)
      views.push_back(series.view());
    return as_global(*model)->fit_all(views, horizon, context);
  }

  std::unique_ptr<Model> model = make_model("xgboost_global");
};

// Months of one shape, on different scales and beginning at different times.
std::vector<SampleSeries> alike(std::size_t count, std::size_t length) {
  std::mt19937_64 random(7);
  std::vector<SampleSeries> all;
  for (std::size_t i = 0; i < count; ++i) {
    SampleSeries series{
        .name = "alike", .season_length = 12, .first_period = static_cast<int>(random() % 24)};
    const double size = std::exp(static_cast<double>(random() % 800) / 100.0);
    for (std::size_t t = 0; t < length; ++t) {
      const auto month = static_cast<int>(t) + series.first_period;
      const double noise = static_cast<double>(random() % 1000) / 1000.0 - 0.5;
      series.y.push_back(size * (100.0 + (month % 12 == 11 ? 60.0 : 0.0) + 4.0 * noise));
    }
    all.push_back(std::move(series));
  }
  return all;
}

TEST_F(XgboostGlobal, KnowsFromOthersWhatASeriesIsTooShortToTell) {
  const auto learned = learn(alike(40, 60));
  ASSERT_TRUE(learned) << describe(learned.error());
  SampleSeries brief{.name = "January to November", .season_length = 12};
  for (int t = 0; t < 11; ++t)
    brief.y.push_back(10.0 + 0.2 * (t % 3));
  const auto fitted = (*learned)->on(brief.view());
  ASSERT_TRUE(fitted) << describe(fitted.error());
  const auto forecast = (*fitted)->forecast({.horizon = 3, .levels = levels}).value();
  EXPECT_GT(forecast.mean[0], forecast.mean[1] + 0.5) << "of December";
  EXPECT_THAT((*fitted)->description(), HasSubstr("learned from 40 series"));
}

TEST_F(XgboostGlobal, ForecastsEachSeriesInItsUnits) {
  const auto all = alike(30, 60);
  const auto learned = learn(all);
  ASSERT_TRUE(learned) << describe(learned.error());
  for (const auto& series : all) {
    const auto fitted = (*learned)->on(series.view());
    ASSERT_TRUE(fitted) << describe(fitted.error());
    const auto forecast = (*fitted)->forecast({.horizon = 18, .levels = levels}).value();
    const auto& [level, lower, upper] = forecast.intervals.front();
    for (std::size_t h = 0; h < 18; ++h) {
      const double as_a_year_ago = series.y[60 - 12 + h % 12];
      EXPECT_NEAR(forecast.mean[h], as_a_year_ago, 0.12 * as_a_year_ago);
      EXPECT_LT(lower[h], forecast.mean[h]);
      EXPECT_LT(upper[h] - lower[h], 0.5 * as_a_year_ago);
    }
  }
}

TEST_F(XgboostGlobal, GivesTheSameBitsOnceStored) {
  const auto all = alike(10, 40);
  const auto learned = learn(all);
  ASSERT_TRUE(learned) << describe(learned.error());
  const auto text = (*learned)->save().value();
  const auto loaded = as_global(*model)->load(text);
  ASSERT_TRUE(loaded) << describe(loaded.error());
  EXPECT_EQ((*loaded)->save().value(), text);
  const ForecastRequest request{.horizon = 20, .levels = levels};
  const auto first = (*(*learned)->on(all[3].view()))->forecast(request).value();
  const auto second = (*(*loaded)->on(all[3].view()))->forecast(request).value();
  EXPECT_THAT(second.mean, ElementsAreArray(first.mean));
  EXPECT_THAT(second.intervals[0].lower, ElementsAreArray(first.intervals[0].lower));

  auto damaged = nlohmann::json::parse(text);
  damaged["state"]["lags"] = {3, 3};
  const auto refused = as_global(*model)->load(damaged.dump());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().field, "lags");
}

TEST_F(XgboostGlobal, LearnsFromAnEvenShareOfTooManyRows) {
  const auto all = alike(25, 700);
  constexpr std::string_view quick = R"({"rounds": 4})";
  const auto path = [&](std::uint64_t seed) {
    const auto learned = learn(all, {.seed = seed, .hyperparameters = quick});
    EXPECT_TRUE(learned) << describe(learned.error());
    return (*(*learned)->on(all[0].view()))->forecast({.horizon = 12})->mean;
  };
  EXPECT_THAT(path(1), ElementsAreArray(path(1)));
  EXPECT_NE(path(1), path(2));
}

TEST_F(XgboostGlobal, LearnsAsFarAheadAsWillBeAsked) {
  const auto all = alike(5, 100);
  const auto learned = learn(all, {}, 18);
  ASSERT_TRUE(learned) << describe(learned.error());
  EXPECT_THAT((*(*learned)->on(all[0].view()))->description(), HasSubstr("18 steps"));
}

TEST_F(XgboostGlobal, LeavesOutWhatItCannotLearnFromAndSaysWhyWhenAsked) {
  auto all = alike(4, 40);
  all.push_back({.name = "brief", .y = {1.0, 2.0, 3.0}, .season_length = 12});
  all.push_back({.name = "of another season", .y = all[0].y, .season_length = 6});
  const auto learned = learn(all);
  ASSERT_TRUE(learned) << describe(learned.error());
  EXPECT_THAT((*(*learned)->on(all[0].view()))->description(), HasSubstr("from 4 series"));
  EXPECT_THAT(describe((*learned)->on(all[4].view()).error()), HasSubstr("needs at least 10"));
  EXPECT_THAT(describe((*learned)->on(all[5].view()).error()), HasSubstr("a season of 12"));
  const auto none = learn({all[4]});
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().detail, HasSubstr("has 3"));
}

TEST_F(XgboostGlobal, StopsOnRequest) {
  std::stop_source source;
  source.request_stop();
  const auto learned = learn(alike(4, 40), {.stop = source.get_token()});
  ASSERT_FALSE(learned);
  EXPECT_EQ(learned.error().code, Errc::cancelled);
}

TEST(GlobalModels, AreThoseThatLearnFromAllSeries) {
  for (const auto name : model_names())
    EXPECT_EQ(as_global(*make_model(name)) != nullptr, name == "xgboost_global") << name;
}

}  // namespace
}  // namespace trainyard::models

#include "tests/unit/forecast/fake_models.hpp"
#include "tests/unit/forecast/series_builder.hpp"
#include "worker/forecast/forecast_segment.hpp"
#include "worker/forecast/saved_segment.hpp"
#include "worker/models/registry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace trainyard::forecast {
namespace {

using models::Component;
using models::Effect;
using testing::Contains;
using testing::DoubleEq;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;
using testing::Optional;

constexpr std::size_t odd_period = 40;

// Six years of months that grow and have a season, with one odd value.
std::vector<double> monthly_values() {
  std::vector<double> values;
  for (int i = 0; i < 72; ++i) {
    const double wobble = static_cast<double>(i * 7919 % 13) - 6.0;
    values.push_back(200.0 + 2.0 * i + 30.0 * std::sin(0.5236 * i) + wobble);
  }
  values[odd_period] += 150;
  return values;
}

PreparedSeries monthly() {
  return *prepare(regular_rows(day(2020, 1, 1), {domain::Period::month, 1}, monthly_values()), {});
}

SegmentOutcome run(const PreparedSeries& series, const SegmentPlan& plan) {
  MemoryFitCache cache;
  Fitter fitter(models::make_model, {.levels = {80, 95}}, cache, {});
  auto outcome = forecast_segment(series, plan, fitter, {});
  EXPECT_TRUE(outcome);
  return std::move(*outcome);
}

const std::vector<std::string> members{"ets", "theta", "seasonal_naive"};

void expect_parts_sum_to(const PreparedSeries& series, const Insight& insight) {
  ASSERT_FALSE(insight.influences.empty());
  double shares = 0;
  for (const auto& influence : insight.influences)
    shares += influence.variance_share.value_or(0);
  EXPECT_NEAR(shares, 100, 1e-6);
  for (std::size_t t = 0; t < series.y.size(); ++t) {
    double sum = 0;
    for (const auto& influence : insight.influences)
      sum += influence.part.values[t];
    ASSERT_NEAR(sum, series.y[t], 1e-6 * series.y[t]) << "period " << t;
  }
}

TEST(Parts, ScaleTheLevelOneFactorAfterTheOther) {
  const auto parts =
      parts_of({{.name = "level", .values = {100}},
                {.name = "season 4", .effect = Effect::multiplicative, .values = {1.5}},
                {.name = "trend", .values = {20}},
                {.name = "promo", .effect = Effect::multiplicative, .values = {0.5}},
                {.name = "remainder", .values = {3}}});
  std::vector<std::string> names;
  std::vector<double> values;
  for (const auto& part : parts) {
    names.push_back(part.name);
    values.push_back(part.values.front());
  }
  EXPECT_THAT(names, ElementsAre("level", "trend", "season 4", "promo", "remainder"));
  EXPECT_THAT(values, ElementsAre(100, 20, 60, -90, 3)) << "120 · 1.5 · 0.5 + 3 = 93";
}

TEST(Parts, AreNoneWhereOneWouldNotBeFinite) {
  EXPECT_THAT(parts_of({{.name = "level", .values = {1e300}},
                        {.name = "season 4", .effect = Effect::multiplicative, .values = {1e10}}}),
              IsEmpty());
}

class InsightOf : public testing::TestWithParam<std::string> {};

TEST_P(InsightOf, TellsTheOddValueAndPartsThatSumToTheData) {
  const auto series = monthly();
  const auto outcome = run(series, {.horizon = 6, .models = {GetParam()}, .members = members});
  const auto& insight = outcome.insight;
  expect_parts_sum_to(series, insight);
  EXPECT_THAT(insight.anomalies.listed, Contains(Field(&Anomaly::period, odd_period)));
  EXPECT_EQ(insight.anomalies.scores.size(), series.y.size());
  EXPECT_THAT(insight.anomalies.unjudged, IsEmpty());
}

TEST_P(InsightOf, SavesWhatForecastsTheSameAndGoesOnFromLaterValues) {
  const auto series = monthly();
  const auto outcome = run(series, {.horizon = 6, .models = {GetParam()}, .members = members});
  const auto saved = save_segment(series, outcome.insight, GetParam(), {});
  ASSERT_TRUE(saved);
  const auto loaded = LoadedSegment::load(*saved);
  ASSERT_TRUE(loaded) << describe(loaded.error());
  const std::vector levels{80.0, 95.0};
  const auto again = loaded->forecast({.horizon = 6, .levels = levels});
  ASSERT_TRUE(again) << describe(again.error());
  const auto& forecast = outcome.models.front().forecast;
  EXPECT_EQ(again->mean, forecast.mean);
  EXPECT_EQ(again->intervals[1].upper, forecast.intervals[1].upper);
  EXPECT_EQ(loaded->dates(6), outcome.dates);

  const auto later = loaded->update(std::vector{forecast.mean[0], forecast.mean[1]});
  ASSERT_TRUE(later) << describe(later.error());
  EXPECT_EQ(later->dates(1).front(), outcome.dates[2]);
  const auto next = later->forecast({.horizon = 1, .levels = levels});
  ASSERT_TRUE(next);
  EXPECT_NEAR(next->mean[0], forecast.mean[2], 15) << "nothing surprising came";
  const auto reloaded = LoadedSegment::load(later->saved());
  ASSERT_TRUE(reloaded);
  EXPECT_EQ(reloaded->forecast({.horizon = 1, .levels = levels})->mean, next->mean);
}

INSTANTIATE_TEST_SUITE_P(Models, InsightOf,
                         testing::Values("ets", "theta", "ces", "mstl", "arima", "lgt",
                                         "seasonal_naive", "ensemble"),
                         [](const auto& model) { return model.param; });

TEST(Insight, CombinesTheMembersOfAnEnsembleByTheirWeights) {
  const auto series = monthly();
  const auto outcome = run(series, {.horizon = 6,
                                    .models = {"ensemble"},
                                    .members = members,
                                    .combination = Combination::inverse_squared_error});
  const auto& insight = outcome.insight;
  ASSERT_EQ(insight.members.size(), members.size());
  double weights = 0;
  double expected = 0;
  for (const auto& member : insight.members) {
    const auto& own = member.explanation->expected;
    weights += member.weight;
    expected += member.weight * own.values[30 - own.first];
  }
  EXPECT_NEAR(weights, 1, 1e-12);
  EXPECT_EQ(insight.expected.first, 12U) << "the seasonal naive needs a season to get started";
  EXPECT_NEAR(insight.expected.values[30 - 12], expected, 1e-9);
}

TEST(Insight, HasNoPartsOfAMedian) {
  const auto outcome = run(monthly(), {.horizon = 6,
                                       .models = {"ensemble"},
                                       .members = members,
                                       .combination = Combination::median});
  EXPECT_THAT(outcome.insight.influences, IsEmpty());
  EXPECT_GT(outcome.insight.anomalies.judged, 0);
}

TEST(Insight, SavesConformalBandsWithTheModel) {
  const auto series = monthly();
  const auto outcome =
      run(series, {.horizon = 3, .models = {"theta"}, .backtest = {.windows = 42, .step = 1}});
  const auto& theta = outcome.models.front();
  ASSERT_EQ(theta.conformal.size(), 2U);
  EXPECT_EQ(theta.forecast.intervals[1].upper[2],
            theta.forecast.mean[2] + theta.conformal[1].values[2]);
  const auto saved = save_segment(series, outcome.insight, "theta", {.conformal = theta.conformal});
  ASSERT_TRUE(saved);
  const std::vector levels{80.0, 95.0};
  const auto again = LoadedSegment::load(*saved)->forecast({.horizon = 4, .levels = levels});
  ASSERT_TRUE(again);
  EXPECT_EQ(again->intervals[1].upper[2], theta.forecast.intervals[1].upper[2]);
  EXPECT_GT(again->intervals[1].upper[3], again->mean[3]) << "further ones have the model's own";
}

TEST(Insight, NamesCovariatesAndSaysHowMuchTheyMatter) {
  auto series = monthly();
  auto& promotion = series.covariates.emplace_back(78, 0.0);
  for (std::size_t t = 0; t < promotion.size(); ++t)
    promotion[t] = t % 5 == 0 ? 1.0 : 0.0;
  for (std::size_t t = 0; t < series.y.size(); ++t)
    series.y[t] += 80 * promotion[t];
  const auto outcome =
      run(series, {.horizon = 6, .models = {"arima"}, .covariates = {"promotion"}});
  const auto& influences = outcome.insight.influences;
  const auto found = std::ranges::find_if(
      influences, [](const auto& each) { return each.part.name == "covariate promotion"; });
  ASSERT_NE(found, influences.end());
  EXPECT_NEAR(found->mean_absolute, 80.0 * 15 / 72, 3) << "a fifth of the periods";
  EXPECT_GT(found->variance_share.value_or(0), 5);
}

TEST(Insight, MakesACachedFitAnewWhenItsExplanationIsGone) {
  struct Forgetful : MemoryFitCache {
    void store(std::string_view key, const FitOutcome& outcome) override {
      MemoryFitCache::store(key, {.forecast = outcome.forecast, .description = "cached"});
    }
  } cache;
  const auto series = monthly();
  Fitter fitter(models::make_model, {}, cache, {});
  const SegmentPlan plan{.horizon = 6, .models = {"theta"}};
  ASSERT_TRUE(forecast_segment(series, plan, fitter, {}));
  const auto again = forecast_segment(series, plan, fitter, {});
  ASSERT_TRUE(again);
  EXPECT_EQ(again->insight.anomalies.scores.size(), series.y.size());
  EXPECT_GT(again->insight.anomalies.judged, 0);
}

TEST(LoadedSegment, NamesTheMemberThatCannotBeLoaded) {
  const auto loaded = LoadedSegment::load({.members = {{.model = "ets", .fit = "{}"}}});
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().detail, testing::StartsWith("ets: "));
}

}  // namespace
}  // namespace trainyard::forecast

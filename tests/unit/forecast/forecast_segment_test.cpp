#include "worker/forecast/forecast_segment.hpp"

#include "tests/unit/forecast/fake_models.hpp"
#include "tests/unit/forecast/series_builder.hpp"
#include "worker/forecast/backtest.hpp"
#include "worker/forecast/band_factors.hpp"
#include "worker/forecast/ensemble.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trainyard::forecast {
namespace {

using testing::Contains;
using testing::DoubleEq;
using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Optional;

PreparedSeries series_of(const std::vector<double>& values) {
  return *prepare(regular_rows(day(2020, 1, 1), {domain::Period::year, 1}, values), {});
}

class ForecastSegmentTest : public testing::Test {
 protected:
  SegmentOutcome run(const PreparedSeries& series, SegmentPlan plan) {
    Fitter fitter(models.source(), settings, cache, {});
    auto outcome = forecast_segment(series, plan, fitter, events);
    EXPECT_TRUE(outcome);
    return std::move(*outcome);
  }

  FakeModels models;
  FitSettings settings;
  MemoryFitCache cache;
  SegmentEvents events;
};

TEST(PlanWindows, RollsTheOriginWithAnExpandingTrainingPart) {
  const auto windows = plan_windows(441, 12, {.windows = 3}, 12);
  ASSERT_EQ(windows.size(), 3U);
  EXPECT_EQ(windows[0].test, 405U);
  EXPECT_EQ(windows[2].test, 429U);
  EXPECT_EQ(windows[2].train, 429U);
  const auto stepped = plan_windows(100, 10, {.windows = 2, .step = 1, .gap = 3}, 1);
  EXPECT_EQ(stepped[0].test, 89U);
  EXPECT_EQ(stepped[0].train, 86U);
  EXPECT_EQ(stepped[1].test, 90U);
}

TEST(PlanWindows, LeavesOutWindowsThatWouldLearnFromTooLittle) {
  EXPECT_EQ(plan_windows(14, 4, {.windows = 3}, 1).size(), 3U);
  EXPECT_EQ(plan_windows(13, 4, {.windows = 3}, 1).size(), 2U);
  EXPECT_EQ(plan_windows(36, 12, {.windows = 3}, 12).size(), 1U);
  EXPECT_TRUE(plan_windows(5, 4, {.windows = 3}, 1).empty());
  EXPECT_TRUE(plan_windows(100, 10'000, {.windows = 3}, 1).empty());
  EXPECT_TRUE(plan_windows(100, 1, {.windows = 0}, 1).empty());
}

TEST(PlanWindows, SlidesAWindowOfOneSizeAlong) {
  constexpr auto sliding = domain::TrainingWindow::sliding;
  const auto sized =
      plan_windows(100, 10, {.windows = 3, .step = 5, .gap = 2, .window = sliding, .size = 40}, 1);
  ASSERT_EQ(sized.size(), 3U);
  EXPECT_EQ(sized[0].train, 78U);
  EXPECT_EQ(sized[0].first, 38U);
  EXPECT_EQ(sized[2].first, 48U);
  EXPECT_EQ(sized[2].length(), 40U);
  EXPECT_EQ(sized[2].gap(), 2);
  const auto short_history = plan_windows(50, 10, {.windows = 3, .window = sliding, .size = 40}, 1);
  EXPECT_EQ(short_history[0].length(), 20U) << "as much as there is";
  EXPECT_EQ(short_history[2].length(), 40U);
  const auto unsized = plan_windows(100, 10, {.windows = 3, .window = sliding}, 1);
  EXPECT_EQ(unsized[0].length(), 70U) << "what the oldest has";
  EXPECT_EQ(unsized[2].length(), 70U);
  EXPECT_EQ(unsized[2].first, 20U);
  EXPECT_TRUE(plan_windows(100, 10, {.window = sliding, .size = 12}, 12).empty())
      << "less than a season and one value";
}

TEST_F(ForecastSegmentTest, LearnsFromASlidingWindowAlone) {
  const auto outcome =
      run(series_of({1, 2, 3, 4, 5, 6, 7, 8}),
          {.horizon = 1,
           .models = {"last"},
           .backtest = {.windows = 2, .window = domain::TrainingWindow::sliding, .size = 3}});
  ASSERT_EQ(outcome.models[0].folds.size(), 2U);
  EXPECT_EQ(outcome.models[0].folds[0].window.length(), 3U);
  EXPECT_EQ(outcome.models[0].folds[0].origin, day(2025, 1, 1));
  EXPECT_THAT(outcome.models[0].scores.mase, Optional(DoubleEq(1)));
  EXPECT_EQ(outcome.models[0].description, "last of 8") << "the forecast learns from everything";
}

TEST_F(ForecastSegmentTest, SaysThatTheSizeOfItsWindowsIsTooSmall) {
  auto series =
      *prepare(regular_rows(day(2020, 1, 1), {domain::Period::month, 1}, std::vector(60, 1.0)), {});
  const auto outcome =
      run(series, {.horizon = 1,
                   .models = {"last"},
                   .backtest = {.window = domain::TrainingWindow::sliding, .size = 12}});
  EXPECT_EQ(outcome.windows, 0);
  EXPECT_THAT(outcome.quality.warnings, Contains(HasSubstr("windows of 12 values are shorter")));
}

TEST_F(ForecastSegmentTest, ReportsTheCoverageOfEveryLevel) {
  settings.levels = {80, 95};
  const auto outcome = run(series_of({5, 5, 5, 5, 9}), {.horizon = 1, .models = {"last"}});
  const auto& scores = outcome.models[0].scores;
  ASSERT_EQ(scores.coverages.size(), 2U);
  EXPECT_EQ(scores.coverages[1].level, 95);
  EXPECT_NEAR(scores.coverages[1].reached, 200.0 / 3, 1e-9) << "5, 5, but not 9";
  EXPECT_EQ(scores.tested, 3);
}

TEST_F(ForecastSegmentTest, ScoresAndChoosesTheBest) {
  const auto outcome = run(series_of({10, 10, 10, 10, 12, 10}),
                           {.horizon = 1, .models = {"zero", "last"}, .backtest = {.windows = 2}});
  EXPECT_EQ(outcome.best_model, "last");
  EXPECT_EQ(outcome.metric, "mape");
  EXPECT_EQ(outcome.windows, 2);
  const auto& last = outcome.models[1];
  EXPECT_THAT(last.scores.mae, Optional(DoubleEq(2)));
  EXPECT_THAT(last.scores.rmse, Optional(DoubleEq(2)));
  EXPECT_THAT(last.scores.mape, Optional(DoubleEq((100 * 2 / 12.0 + 100 * 2 / 10.0) / 2)));
  EXPECT_THAT(last.scores.smape, Optional(DoubleEq(200 * 2 / 22.0)));
  EXPECT_FALSE(last.scores.mase) << "the first training part is constant";
  EXPECT_THAT(last.scores.coverage, Optional(DoubleEq(0)));
  EXPECT_EQ(last.description, "last of 6");
  EXPECT_THAT(last.forecast.mean, ElementsAre(10));
  EXPECT_THAT(outcome.dates, ElementsAre(day(2026, 1, 1)));
}

TEST_F(ForecastSegmentTest, FallsBackToTheNextMetricWhenOneIsUndefined) {
  const auto outcome = run(series_of({1, 0, 2, 0, 3, 0}),
                           {.horizon = 1, .models = {"last", "zero"}, .backtest = {.windows = 2}});
  EXPECT_FALSE(outcome.models[0].scores.mape);
  EXPECT_EQ(outcome.metric, "smape");
  EXPECT_EQ(outcome.best_model, "zero");
  EXPECT_THAT(outcome.quality.warnings, Contains(HasSubstr("mape is not defined")));
}

TEST_F(ForecastSegmentTest, KeepsAFailedModelAsARowWithItsReason) {
  const auto outcome = run(series_of({1, 2, 3, 4, 5, 6}),
                           {.horizon = 1, .models = {"failing", "throwing", "broken", "last"}});
  ASSERT_EQ(outcome.models.size(), 4U);
  EXPECT_THAT(outcome.models[0].problem->detail, HasSubstr("needs 1000"));
  EXPECT_THAT(outcome.models[1].problem->detail, HasSubstr("surprise"));
  EXPECT_THAT(outcome.models[2].problem->detail, HasSubstr("not finite"));
  EXPECT_EQ(outcome.best_model, "last");
  EXPECT_FALSE(outcome.problem);
}

TEST_F(ForecastSegmentTest, TriesTheLastResortWhenEveryModelFails) {
  const auto outcome = run(series_of({1, 2, 3}),
                           {.horizon = 1, .models = {"failing", "patient"}, .last_resort = "last"});
  EXPECT_EQ(outcome.best_model, "last");
  EXPECT_EQ(outcome.models.size(), 3U) << "what failed is still told";
  EXPECT_THAT(outcome.quality.warnings, Contains(HasSubstr("so last was")));
  const auto unneeded = run(series_of({1, 2, 3}),
                            {.horizon = 1, .models = {"failing", "zero"}, .last_resort = "last"});
  EXPECT_EQ(unneeded.best_model, "zero");
}

TEST_F(ForecastSegmentTest, LeavesOutModelsThatTheTimeDoesNotSufficeFor) {
  std::stop_source time;
  events.fitting = [&](std::string_view model, int, int) {
    if (model == "zero") time.request_stop();
  };
  Fitter fitter(models.source(), settings, cache, {});
  fitter.limit(time.get_token());
  const auto outcome = forecast_segment(
      series_of({1, 2, 3, 4, 5, 6, 7, 8, 9, 10}),
      {.horizon = 1, .models = {"last", "zero", "ensemble"}, .members = {"last", "zero"}}, fitter,
      events);
  ASSERT_TRUE(outcome) << describe(outcome.error());
  EXPECT_FALSE(outcome->models[0].problem);
  ASSERT_TRUE(outcome->models[1].problem);
  EXPECT_EQ(outcome->models[1].problem->code, Errc::deadline);
  EXPECT_THAT(outcome->models[2].description, HasSubstr("(last)"));
  EXPECT_THAT(outcome->quality.warnings,
              Contains(HasSubstr("used up before these were fitted: zero")));
}

TEST_F(ForecastSegmentTest, FitsTheLastResortWhenThereWasNoTimeForAnything) {
  std::stop_source time;
  time.request_stop();
  Fitter fitter(models.source(), settings, cache, {});
  fitter.limit(time.get_token());
  const auto outcome =
      forecast_segment(series_of({1, 2, 3, 4, 5, 6, 7, 8, 9, 10}),
                       {.horizon = 1, .models = {"zero"}, .last_resort = "last"}, fitter, events);
  ASSERT_TRUE(outcome) << describe(outcome.error());
  EXPECT_EQ(outcome->best_model, "last");
}

TEST_F(ForecastSegmentTest, FailsWhenEveryModelFails) {
  const auto outcome = run(series_of({1, 2, 3, 4}), {.horizon = 1, .models = {"failing"}});
  ASSERT_TRUE(outcome.problem);
  EXPECT_THAT(outcome.problem->detail, HasSubstr("failing: failing needs 1000"));
  EXPECT_EQ(category_of(*outcome.problem), Category::data);
}

TEST_F(ForecastSegmentTest, CombinesItsMembersWithoutFittingThemAgain) {
  const auto outcome = run(series_of({1, 2, 3, 4, 5, 6}), {.horizon = 1,
                                                           .models = {"last", "zero", "ensemble"},
                                                           .members = {"last", "zero", "failing"}});
  EXPECT_EQ(models.fits, 2 * 4 + 4) << "two good models and a bad one, three windows and the whole";
  const auto& ensemble = outcome.models[2];
  EXPECT_THAT(ensemble.forecast.mean, ElementsAre(3));
  const double half = band_factor(ensemble_name, {.period = domain::Period::year}, 6).first;
  EXPECT_THAT(ensemble.forecast.intervals[0].lower, ElementsAre(DoubleEq(3 - half)));
  EXPECT_THAT(ensemble.forecast.intervals[0].upper, ElementsAre(DoubleEq(3 + half)));
  EXPECT_EQ(ensemble.description, "mean(last, zero)");
  EXPECT_TRUE(ensemble.scores.mae);
}

TEST_F(ForecastSegmentTest, CombinesItsMembersByTheMedian) {
  const auto outcome = run(series_of({1, 2, 3, 4, 5, 6}), {.horizon = 1,
                                                           .models = {"ensemble"},
                                                           .members = {"last", "zero", "final"},
                                                           .combination = Combination::median});
  EXPECT_THAT(outcome.models[0].forecast.mean, ElementsAre(6));
  EXPECT_EQ(outcome.models[0].description, "median(last, zero, final)");
}

// One more each period, so that "last" errs by 1 and "zero" by the value itself.
std::vector<double> counting(double from, double to) {
  std::vector<double> values;
  for (double value = from; value <= to; ++value)
    values.push_back(value);
  return values;
}

// The errors of "last" are 1, those of "zero" 4, 5 and 6: five times as much.
TEST_F(ForecastSegmentTest, WeighsItsMembersByTheirErrors) {
  const auto outcome = run(series_of(counting(-4, 6)), {.horizon = 1,
                                                        .models = {"ensemble"},
                                                        .members = {"last", "zero"},
                                                        .combination = Combination::inverse_error});
  const auto& ensemble = outcome.models[0];
  EXPECT_THAT(ensemble.forecast.mean, ElementsAre(DoubleEq(6.0 * 5.0 / 6.0)));
  EXPECT_EQ(ensemble.description, "inverse_error(last, zero)");
}

TEST_F(ForecastSegmentTest, WeighsByWindowsWithEnoughToLearnFromAlone) {
  const SegmentPlan plan{.horizon = 1,
                         .models = {"ensemble"},
                         .members = {"last", "zero"},
                         .combination = Combination::inverse_error,
                         .backtest = {.windows = 1}};
  EXPECT_THAT(run(series_of(counting(1, 8)), plan).models[0].forecast.mean, ElementsAre(4));
  EXPECT_THAT(run(series_of(counting(1, 9)), plan).models[0].forecast.mean, ElementsAre(8.1));
}

// Equal weights at first, then those of the first window's errors, 2 and 4.
TEST_F(ForecastSegmentTest, WeighsInAWindowByEarlierWindowsAlone) {
  const auto outcome =
      run(series_of({1, 1, 1, 1, 1, 1, 1, 2, 4, 8}), {.horizon = 1,
                                                      .models = {"ensemble"},
                                                      .members = {"last", "zero"},
                                                      .combination = Combination::inverse_error,
                                                      .backtest = {.windows = 2}});
  const double first = 4.0 - (0.5 * 2.0);
  const double second = 8.0 - (2.0 / 3.0 * 4.0);
  EXPECT_THAT(outcome.models[0].scores.mae, Optional(DoubleEq(0.5 * (first + second))));
}

TEST_F(ForecastSegmentTest, WeighsMembersByTheInverseOfTheirSquaredBacktestError) {
  const auto outcome =
      run(series_of(counting(1, 11)), {.horizon = 1,
                                       .models = {"ensemble"},
                                       .members = {"last", "zero"},
                                       .combination = Combination::inverse_squared_error,
                                       .backtest = {.windows = 2}});
  const double zero = 1.0 / (10.5 * 10.5);
  const auto& ensemble = outcome.models[0];
  EXPECT_THAT(ensemble.forecast.mean, ElementsAre(DoubleEq(11.0 / (1.0 + zero))));
}

TEST_F(ForecastSegmentTest, LetsTheEnsemblesBacktestKnowEarlierWindowsAlone) {
  const auto outcome =
      run(series_of(counting(1, 11)), {.horizon = 1,
                                       .models = {"ensemble"},
                                       .members = {"last", "zero"},
                                       .combination = Combination::inverse_squared_error,
                                       .backtest = {.windows = 2}});
  const double equal = 10.0 - 9.0 / 2.0;
  const double after_one = 11.0 - 10.0 / (1.0 + 1.0 / 100.0);
  EXPECT_THAT(outcome.models[0].scores.mae, Optional(DoubleNear((equal + after_one) / 2, 1e-9)));
}

TEST_F(ForecastSegmentTest, PrefersTheEnsembleUnlessAnotherIsClearlyBetterOftenEnough) {
  const auto values = series_of(counting(1, 50));
  const SegmentPlan diluted{.horizon = 5,
                            .models = {"last", "ensemble"},
                            .members = {"zero"},
                            .backtest = {.windows = 6}};
  EXPECT_EQ(run(values, diluted).best_model, "last");
  auto few = diluted;
  few.backtest.windows = 5;
  EXPECT_EQ(run(values, few).best_model, "ensemble");
  auto good = diluted;
  good.members = {"last"};
  EXPECT_EQ(run(values, good).best_model, "ensemble");
}

TEST_F(ForecastSegmentTest, HeedsWhatMembersAreWorth) {
  const SegmentPlan plan{
      .horizon = 1, .models = {"ensemble"}, .members = {"zero", "last"}, .worth = {{"last", 3.0}}};
  EXPECT_THAT(run(series_of(counting(1, 60)), plan).models[0].forecast.mean, ElementsAre(45));
}

TEST_F(ForecastSegmentTest, TakesTheMembersForBriefHistoriesOnThemAlone) {
  const SegmentPlan plan{.horizon = 1,
                         .models = {"ensemble"},
                         .members = {"zero"},
                         .special_members = {{HistoryKind::brief, {"last"}}},
                         .backtest = {.windows = 2}};
  EXPECT_THAT(run(series_of(counting(1, 40)), plan).models[0].forecast.mean, ElementsAre(40));
  EXPECT_THAT(run(series_of(counting(1, 60)), plan).models[0].forecast.mean, ElementsAre(0));
  EXPECT_EQ(fits_of(plan, 51, 1), 3);
}

TEST_F(ForecastSegmentTest, LeavesOutWindowsThatAModelCannotLearnFrom) {
  const auto outcome =
      run(series_of({1, 2, 3, 4, 5, 6, 7}), {.horizon = 1, .models = {"patient", "last"}});
  EXPECT_FALSE(outcome.models[0].problem);
  EXPECT_THAT(outcome.models[0].scores.mae, Optional(DoubleEq(1)));
  const auto& folds = outcome.models[0].folds;
  ASSERT_EQ(folds.size(), 3U);
  ASSERT_TRUE(folds[0].problem) << "a window that failed is a row with its reason";
  EXPECT_THAT(folds[0].problem->detail, HasSubstr("needs 6"));
  EXPECT_EQ(folds[0].origin, day(2023, 1, 1));
  EXPECT_FALSE(folds[2].problem);
  EXPECT_THAT(folds[2].scores.mae, Optional(DoubleEq(1)));
}

TEST_F(ForecastSegmentTest, ReusesFitsOfAnEarlierJob) {
  const auto series = series_of({1, 2, 3, 4, 5, 6});
  run(series, {.horizon = 1, .models = {"last"}});
  const int before = models.fits;
  const auto outcome = run(series, {.horizon = 1, .models = {"ensemble"}, .members = {"last"}});
  EXPECT_EQ(models.fits, before);
  EXPECT_THAT(outcome.models[0].forecast.mean, ElementsAre(6));
  auto other = series;
  other.y[0] = 1.5;
  run(other, {.horizon = 1, .models = {"last"}});
  EXPECT_EQ(models.fits, before + 4) << "other values are another fit";
  settings.hyperparameters["last"] = "{}";
  run(series, {.horizon = 1, .models = {"last"}});
  EXPECT_EQ(models.fits, before + 8) << "and so are other parameters";
}

TEST_F(ForecastSegmentTest, LeavesTheGapOutOfTheTest) {
  const auto outcome =
      run(series_of({1, 2, 3, 4, 5, 6}),
          {.horizon = 1, .models = {"last"}, .backtest = {.windows = 1, .gap = 2}});
  EXPECT_THAT(outcome.models[0].scores.mae, Optional(DoubleEq(3))) << "6, three after the last 3";
}

TEST_F(ForecastSegmentTest, ForecastsWithoutABacktestWhenHistoryIsShort) {
  const auto outcome =
      run(series_of({1, 2}), {.horizon = 5, .models = {"last", "ensemble"}, .members = {"last"}});
  EXPECT_EQ(outcome.windows, 0);
  EXPECT_EQ(outcome.best_model, "ensemble");
  EXPECT_TRUE(outcome.metric.empty());
  EXPECT_FALSE(outcome.models[0].scores.mae);
  EXPECT_EQ(outcome.dates.size(), 5U);
  EXPECT_THAT(outcome.quality.warnings, Contains(HasSubstr("too short for 3 backtest windows")));
}

TEST_F(ForecastSegmentTest, PassesOnAStop) {
  Fitter fitter(models.source(), settings, cache, {});
  const auto outcome = forecast_segment(series_of({1, 2, 3}),
                                        {.horizon = 1, .models = {"stopping"}}, fitter, events);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Errc::cancelled);
}

TEST_F(ForecastSegmentTest, TellsBeforeEachFit) {
  std::vector<std::string> told;
  events.fitting = [&](std::string_view model, int window, int windows) {
    told.push_back(std::string(model) + " " + std::to_string(window) + "/" +
                   std::to_string(windows));
  };
  const SegmentPlan plan{.horizon = 1,
                         .models = {"last", "ensemble"},
                         .members = {"last"},
                         .backtest = {.windows = 2}};
  run(series_of({1, 2, 3, 4}), plan);
  EXPECT_THAT(told, ElementsAre("last 1/2", "last 2/2", "last 0/2"));
  EXPECT_EQ(fits_of(plan, 4, 1), 3);
}

FitOutcome said(double mean, double width) {
  return {
      .forecast = {.mean = {mean},
                   .intervals = {{.level = 95, .lower = {mean - width}, .upper = {mean + width}}}}};
}

TEST(Ensemble, TakesTheMedianOfEachBound) {
  const std::vector members{said(1, 1), said(10, 2), said(4, 9), said(5, 1)};
  const auto median = median_of(members);
  EXPECT_THAT(median.mean, ElementsAre(4.5));
  EXPECT_THAT(median.intervals[0].lower, ElementsAre(2));
  EXPECT_THAT(median.intervals[0].upper, ElementsAre(9));
}

TEST(Ensemble, WeighsByTheInverseOfErrors) {
  using Errors = std::vector<std::optional<double>>;
  EXPECT_THAT(inverse_error_weights(Errors{1.0, 3.0}), ElementsAre(0.75, 0.25));
  EXPECT_THAT(inverse_error_weights(Errors{0.0, 3.0, 0.0}), ElementsAre(0.5, 0.0, 0.5));
  EXPECT_THAT(inverse_error_weights(Errors{{}, {}}), ElementsAre(0.5, 0.5));
  EXPECT_THAT(inverse_error_weights(Errors{2.0, {}, 2.0, 2.0}),
              ElementsAre(0.25, 0.25, 0.25, 0.25));
}

TEST(Ensemble, WeighsByWhatMembersAreWorth) {
  const std::vector<std::string> names{"a", "b"};
  EXPECT_THAT(times_worth({0.5, 0.5}, names, {{"b", 3.0}}), ElementsAre(0.25, 0.75));
  EXPECT_THAT(times_worth({1.0, 1.0}, names, {}), ElementsAre(0.5, 0.5));
}

TEST(HistoryKindOf, TellsHistoriesApartByTheirSeasonAndLength) {
  EXPECT_EQ(history_kind(1, 49), HistoryKind::brief);
  EXPECT_EQ(history_kind(1, 50), HistoryKind::usual);
  EXPECT_EQ(history_kind(4, 49), HistoryKind::usual);
  EXPECT_EQ(history_kind(4, 500), HistoryKind::usual);
  EXPECT_EQ(history_kind(12, 49), HistoryKind::months);
  EXPECT_EQ(history_kind(7, 99), HistoryKind::usual);
  EXPECT_EQ(history_kind(7, 100), HistoryKind::weekdays);
  EXPECT_EQ(history_kind(5, 100), HistoryKind::weekdays);
  EXPECT_EQ(history_kind(52, 103), HistoryKind::usual);
  EXPECT_EQ(history_kind(52, 104), HistoryKind::long_season);
  EXPECT_EQ(history_kind(24, 48), HistoryKind::long_season);
}

TEST(ChooseMembers, TakesTheOtherModelsWithoutBaselines) {
  const std::vector<std::string_view> existing{"seasonal_naive", "ets", "theta"};
  const auto members = [&](std::vector<std::string> asked) {
    return choose_members(asked, existing);
  };
  EXPECT_THAT(members({"seasonal_naive", "ets", "theta", "ensemble"}), ElementsAre("ets", "theta"));
  EXPECT_THAT(members({"seasonal_naive", "ets", "ensemble"}), ElementsAre("seasonal_naive", "ets"));
  EXPECT_THAT(members({"ensemble"}), ElementsAre("ets", "theta"));
}

TEST(ExpandModels, MakesAutoOfWhatExists) {
  const std::vector<std::string_view> existing{"naive", "seasonal_naive", "theta", "ets"};
  EXPECT_THAT(expand_models(std::vector<std::string>{"auto"}, existing),
              ElementsAre("seasonal_naive", "theta", "ets", "ensemble"));
  EXPECT_THAT(expand_models(std::vector<std::string>{"naive", "auto", "ets"}, existing),
              ElementsAre("naive", "seasonal_naive", "theta", "ets", "ensemble"));
}

TEST(ExpandModels, BringsInTheModelsThatKnowCovariatesWhereThereAreSome) {
  const std::vector<std::string_view> existing{"arima", "theta", "xgboost"};
  const std::vector<std::string> asked{"auto"};
  EXPECT_THAT(expand_models(asked, existing), ElementsAre("theta", "ensemble"));
  EXPECT_THAT(expand_models(asked, existing, {.covariates = 2}),
              ElementsAre("theta", "arima", "xgboost", "ensemble"));
  const auto special = auto_members(existing, {.covariates = 1}).special;
  EXPECT_THAT(special.at(HistoryKind::brief), ElementsAre("theta", "arima", "xgboost"));
  EXPECT_THAT(special.at(HistoryKind::weekdays), ElementsAre("xgboost", "arima"));
}

}  // namespace
}  // namespace trainyard::forecast

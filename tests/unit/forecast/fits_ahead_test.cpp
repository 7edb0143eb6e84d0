#include "worker/forecast/fits_ahead.hpp"

#include "tests/unit/forecast/fake_models.hpp"
#include "tests/unit/forecast/meeting.hpp"
#include "tests/unit/forecast/series_builder.hpp"
#include "worker/forecast/ensemble.hpp"
#include "worker/forecast/forecast_segment.hpp"
#include "worker/models/registry.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <tuple>

namespace trainyard::forecast {
namespace {

FitOutcome outcome_of(const std::string& description) {
  return {.forecast = {}, .description = description};
}

TEST(FitsAhead, AreMadeSeveralAtATimeAndTakenInAnyOrder) {
  Meeting meeting(3);
  std::vector<FitsAhead::Fit> fits;
  for (const auto* name : {"a", "b", "c"}) {
    fits.emplace_back([&meeting, name]() -> Result<FitOutcome> {
      return outcome_of(meeting.wait() ? name : "alone");
    });
  }
  FitsAhead ahead(std::move(fits), 3);
  EXPECT_EQ(ahead.take(2)->description, "c");
  EXPECT_EQ(ahead.take(0)->description, "a");
  EXPECT_EQ(ahead.take(1)->description, "b");
}

TEST(FitsAhead, PassOnWhatAFitThrew) {
  std::vector<FitsAhead::Fit> fits;
  fits.emplace_back([]() -> Result<FitOutcome> { throw std::runtime_error("surprise"); });
  fits.emplace_back([]() -> Result<FitOutcome> { return outcome_of("calm"); });
  FitsAhead ahead(std::move(fits), 2);
  EXPECT_THROW(ahead.take(0), std::runtime_error);
  EXPECT_EQ(ahead.take(1)->description, "calm");
}

std::vector<double> growing_seasons() {
  std::vector<double> values;
  for (int i = 0; i < 60; ++i)
    values.push_back(200.0 + 2.0 * i + i * 7919 % 12 * 3 + i * 31 % 7);
  return values;
}

TEST(FitsAhead, SayTheSameHoweverManyThreadsFitIt) {
  const auto series =
      *prepare(regular_rows(day(2020, 1, 1), {domain::Period::month, 1}, growing_seasons()), {});
  const SegmentPlan plan{.horizon = 6,
                         .models = {"ets", "theta", "missing", "ensemble"},
                         .members = {"ets", "theta", "xgboost"},
                         .combination = Combination::inverse_squared_error};
  const auto with = [&](int threads) {
    MemoryFitCache own;
    Fitter fitter(models::make_model, {.levels = {80, 95}, .threads = threads}, own, {});
    return forecast_segment(series, plan, fitter, {}).value();
  };
  const auto one = with(1);
  const auto many = with(4);
  EXPECT_EQ(many.best_model, one.best_model);
  ASSERT_EQ(many.models.size(), one.models.size());
  for (std::size_t i = 0; i < one.models.size(); ++i) {
    const auto& [expected, found] = std::tie(one.models[i], many.models[i]);
    EXPECT_EQ(found.model, expected.model);
    EXPECT_EQ(found.problem.has_value(), expected.problem.has_value());
    EXPECT_EQ(found.forecast.mean, expected.forecast.mean) << expected.model;
    EXPECT_EQ(found.description, expected.description);
    EXPECT_EQ(found.scores.mae, expected.scores.mae);
    ASSERT_EQ(found.folds.size(), 3U);
    EXPECT_EQ(found.folds[1].scores.mase, expected.folds[1].scores.mase);
  }
}

// "last", fitted while others are.
struct Sociable : models::Model {
  Sociable(Meeting& m, std::atomic<int>& c) : meeting(m), met(c) {}
  std::string_view name() const override { return "sociable"; }
  Result<std::unique_ptr<models::FittedModel>> fit(const models::Series& series,
                                                   const models::FitContext&) const override {
    met += meeting.wait();
    return std::make_unique<FakeFitted>(series.y.back(), "sociable");
  }
  Meeting& meeting;
  std::atomic<int>& met;
};

TEST(FitsAhead, AreOfAllWindowsOfASegment) {
  MemoryFitCache cache;
  Meeting meeting(4);  // three windows and the whole history
  std::atomic<int> met = 0;
  Fitter fitter([&](std::string_view) { return std::make_unique<Sociable>(meeting, met); },
                {.threads = 4}, cache, {});
  const auto series = *prepare(
      regular_rows(day(2020, 1, 1), {domain::Period::year, 1}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}),
      {});
  ASSERT_TRUE(forecast_segment(series, {.horizon = 1, .models = {"sociable"}}, fitter, {}));
  EXPECT_EQ(met, 4);
}

}  // namespace
}  // namespace trainyard::forecast

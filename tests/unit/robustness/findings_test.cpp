#include "tests/support/robustness/forecast_trial.hpp"
#include "tests/support/robustness/model_trial.hpp"
#include "worker/models/registry.hpp"

#include <gtest/gtest.h>

#include <array>
#include <limits>

// What longer runs of `make adversarial` and `make fuzz` once broke.

namespace trainyard::robustness {
namespace {

TEST(Finding, AScaleThatUnderflowsLeavesUpdatesFinite) {
  for (const auto* model : {"lgt", "lsgt"}) {
    ModelTrial trial{.model = model, .later = std::vector<double>(13, 0.0), .horizon = 3};
    trial.y.assign(9, 0.0);
    trial.y.insert(trial.y.end(), 5, std::numeric_limits<double>::denorm_min());
    const auto outcome = try_model(trial);
    EXPECT_TRUE(outcome) << model << ": " << describe(outcome.error());
  }
}

TEST(Finding, ASettingThatNoFloatHoldsIsNoFailureOfTheLibrary) {
  ModelTrial trial{.model = "xgboost",
                   .hyperparameters = R"({"rounds": 2, "min_child_weight": 1e-300})",
                   .y = std::vector<double>(20, 1.0),
                   .later = {1.0, 2.0}};
  const auto outcome = try_model(trial);
  EXPECT_TRUE(outcome) << describe(outcome.error());
}

// These once crashed, or forecast NaN, when they were used.
TEST(Finding, SavedStatesThatNoFitLeadsToAreRefused) {
  constexpr std::array texts{
      R"({"model":"arima","state":{"coefficients":[],"constants":1,"count":24,"covariance":[],
          "covariate_scales":[],"covariates":[],"drift":0,"mean":0.8,"order":[0,2,0],"past":[],
          "scale":15.1,"season":4,"seasonal_order":[0,0,0],"state":[],"variance":0.01},
          "trainyard_model":1})",
      R"({"model":"theta","state":{"alpha":0.1,"composition":"multiplicative","count":24,
          "decay":0.08,"error":0.005,"form":"OTM","initial_level":0,"intercept":0.75,"level":0.8,
          "scale":15.1,"season":[0,1.1,1.04,0.96],"seen_mean":0.84,"seen_slope":0.007,
          "slope":0.007,"trend_weight":0.9},"trainyard_model":1})",
      R"({"model":"theta","state":{"alpha":0.1,"composition":"additive",
          "count":9223372036854775807,"decay":0.08,"error":0.005,"form":"OTM","initial_level":0,
          "intercept":0.75,"level":0.8,"scale":15.1,"season":[],"seen_mean":0.84,
          "seen_slope":0.007,"slope":0.007,"trend_weight":0.9},"trainyard_model":1})",
      R"({"model":"naive2","state":{"composition":"multiplicative","drift":0,"drift_periods":0,
          "error":0.1,"indices":[0,1.1],"last":[0.9],"scale":2},"trainyard_model":1})"};
  for (const auto* text : texts) {
    const auto loaded = models::load_model(text);
    ASSERT_FALSE(loaded) << text;
    EXPECT_EQ(loaded.error().code, Errc::invalid_argument) << describe(loaded.error());
  }
}

}  // namespace
}  // namespace trainyard::robustness

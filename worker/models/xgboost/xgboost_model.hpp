#pragma once

#include "worker/models/model.hpp"

#include <nlohmann/json_fwd.hpp>

#include <memory>

namespace trainyard::models {

// Gradient-boosted trees (booster.hpp) on one series: they learn its changes (change_features.hpp)
// and forecast step by step, each step a lag of the next. Bands are conformal (conformal.hpp), from
// a second booster that did not see the last quarter of the series, at most 60 periods.
//
// Needs 10 observations. Of a long series it learns from the last 300,000 / features periods (some
// 14,000), since one call into the library cannot be stopped; the description then says so. Uses
// covariates, and their future values. Hyperparameters: rounds, max_depth, learning_rate,
// min_child_weight, subsample. Errors: invalid_argument, cancelled, unavailable without the
// library. Fitting costs two trainings; memory is rows × columns floats. update() keeps the trees
// and the bands; a fit of logarithms refuses an observation that has none.
std::unique_ptr<Model> make_xgboost();

Result<std::unique_ptr<FittedModel>> load_xgboost(const nlohmann::json& state);

}  // namespace trainyard::models

#pragma once

#include "worker/models/model.hpp"

#include <nlohmann/json_fwd.hpp>

#include <memory>

namespace trainyard::models {

// Gradient-boosted trees (booster.hpp) on one series: they learn its changes (change_features.hpp),
// one step ahead, each step a lag of the next, or several steps at once. Bands are conformal
// (conformal.hpp), from a second booster that did not see the last quarter of the series, at most
// 60 periods.
//
// Needs 10 observations. Of a long series it learns from the last 300,000 / features periods (some
// 14,000), since one tree cannot be stopped; the description then says so. Uses covariates, and
// their future values. Hyperparameters: those of xgboost_settings.hpp. Errors: invalid_argument,
// cancelled, unavailable without the library. Fitting costs two trainings; memory is 600,000 floats
// at most. update() keeps the trees and the bands; a fit of logarithms refuses an observation that
// has none.
std::unique_ptr<Model> make_xgboost();

Result<std::unique_ptr<FittedModel>> load_xgboost(const nlohmann::json& state);

}  // namespace trainyard::models

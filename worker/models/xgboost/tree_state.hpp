#pragma once

#include "worker/models/saved_model.hpp"
#include "worker/models/xgboost/change_features.hpp"
#include "worker/models/xgboost/conformal.hpp"

#include <nlohmann/json.hpp>

// What fits of boosted trees store alike. Reading refuses, by StateReader, whatever could not have
// been stored.

namespace trainyard::models {

void store_plan(const FeaturePlan& plan, nlohmann::json& state);
FeaturePlan read_plan(StateReader& reader);

void store_transform(Transform transform, nlohmann::json& state);
Transform read_transform(StateReader& reader);

void store_bands(const ConformalBands& bands, nlohmann::json& state);
ConformalBands read_bands(StateReader& reader);

}  // namespace trainyard::models

#pragma once

#include "worker/models/model.hpp"

#include <nlohmann/json_fwd.hpp>

#include <memory>

namespace trainyard::models {

// Local and global trend (lgt_point.hpp), averaged over its parameters by their probability given
// the data, on the series without its season. The season is taken out by shrunken indices
// (seasonality.hpp). Bands are normal and know that the parameters are uncertain.
//
// Needs 4 observations. Covariates are ignored. Takes no hyperparameters. Errors: invalid_argument,
// cancelled. update() keeps the parameters, their weights and the season.
std::unique_ptr<Model> make_lgt();

Result<std::unique_ptr<FittedModel>> load_lgt(const nlohmann::json& state);

}  // namespace trainyard::models

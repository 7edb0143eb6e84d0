#pragma once

#include "worker/models/model.hpp"

#include <nlohmann/json_fwd.hpp>

#include <memory>

namespace trainyard::models {

// Local and seasonal global trend (lsgt_draw.hpp), with all its parameters sampled. Means are
// medians, and bands quantiles, of sampled futures. Seasons are ratios where all values are
// positive; otherwise differences, taken out before. Parameters are learnt from the last 250
// observations, or 6 seasons if those are more.
//
// Needs 4 observations. Covariates are ignored. Takes no hyperparameters. Errors: invalid_argument,
// cancelled. update() keeps the parameters.
std::unique_ptr<Model> make_lsgt();

Result<std::unique_ptr<FittedModel>> load_lsgt(const nlohmann::json& state);

}  // namespace trainyard::models

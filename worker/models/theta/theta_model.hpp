#pragma once

#include "worker/models/model.hpp"

#include <nlohmann/json_fwd.hpp>

#include <memory>

namespace trainyard::models {

// A theta model (theta_state.hpp) on the series without its season. The season is taken out when
// the 90 % autocorrelation test finds one: by ratios when all values and indices are positive, by
// differences otherwise. Bands are normal with the variance that follows from the model's response
// to each future error.
//
// Needs 4 observations. Covariates are ignored. Hyperparameters: `form`, STM, OTM, DSTM or DOTM
// (the default); `season`, classical (the default) or shrunken (shrunken_indices() in
// seasonality.hpp). Errors: invalid_argument, cancelled. forecast() is O(horizon²) for bands up to
// 500 steps, and linear past that. update() keeps the season and, in STM and OTM, the line.
std::unique_ptr<Model> make_theta();

// The form of theta with the least mean squared error of one step. Takes no
// hyperparameters; otherwise as theta, as which its fits are saved.
std::unique_ptr<Model> make_auto_theta();

Result<std::unique_ptr<FittedModel>> load_theta(const nlohmann::json& state);

}  // namespace trainyard::models

#pragma once

#include "worker/models/model.hpp"

#include <nlohmann/json_fwd.hpp>

#include <memory>

namespace trainyard::models {

// Complex Exponential Smoothing (ces_state.hpp), the form of least AICc or the one that is asked
// for; normal bands with the exact variance of each step.
//
// Needs 4 observations. Forms with a season want two of them; without, the form is N. Covariates
// are ignored. Hyperparameter `form`: auto (the default), N, S, P or F. Errors: invalid_argument,
// cancelled. update() keeps the parameters.
std::unique_ptr<Model> make_ces();

Result<std::unique_ptr<FittedModel>> load_ces(const nlohmann::json& state);

}  // namespace trainyard::models

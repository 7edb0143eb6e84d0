#pragma once

#include "worker/models/model.hpp"

#include <nlohmann/json_fwd.hpp>

#include <memory>

// Models of intermittent demand (demand.hpp): one rate for every period to come, with bands that
// are not negative (demand_bands.hpp) and widen as the size of a demand may drift. Any value above
// 0 is a demand; one below is refused.
//
// Hyperparameters `alpha` and `beta`, both from 0.01 to 1; left open, each has the least squared
// one-step errors of what it smooths. Need 2 observations. Covariates and seasons are ignored.
// Errors: invalid_argument, cancelled. An update keeps the parameters.

namespace trainyard::models {

std::unique_ptr<Model> make_croston();
std::unique_ptr<Model> make_sba();
std::unique_ptr<Model> make_tsb();

Result<std::unique_ptr<FittedModel>> load_croston(const nlohmann::json& state);
Result<std::unique_ptr<FittedModel>> load_sba(const nlohmann::json& state);
Result<std::unique_ptr<FittedModel>> load_tsb(const nlohmann::json& state);

}  // namespace trainyard::models

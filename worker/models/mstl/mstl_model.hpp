#pragma once

#include "worker/models/model.hpp"

#include <nlohmann/json_fwd.hpp>

#include <memory>

namespace trainyard::models {

// MSTL (stl.hpp): the seasons are taken out, another model forecasts what is left, and each season
// goes on as it last was. Seasons are season_length and long_seasons as far as the series holds two
// of them. The bands are those of the other model, so they leave out what the seasons do not know.
//
// Hyperparameters: `model`, any that is registered but this one (ets), and `settings`, an object of
// that model's own ({"form": "ZZN"} for ets). Needs what the other model needs, which also gets the
// covariates and says whether the fit can be stored. Errors: invalid_argument, cancelled; and those
// of the other model.
std::unique_ptr<Model> make_mstl();

Result<std::unique_ptr<FittedModel>> load_mstl(const nlohmann::json& state);

}  // namespace trainyard::models

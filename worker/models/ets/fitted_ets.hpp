#pragma once

#include "worker/models/ets/ets_select.hpp"
#include "worker/models/model.hpp"

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <vector>

namespace trainyard::models {

// The fit of a series scaled by `scale`; `y` holds its scaled observations.
std::unique_ptr<FittedModel> make_fitted_ets(EtsFit fit, std::vector<double> y, double scale);

Result<std::unique_ptr<FittedModel>> load_ets(const nlohmann::json& state);

}  // namespace trainyard::models

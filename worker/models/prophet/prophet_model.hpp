#pragma once

#include "worker/models/model.hpp"

#include <nlohmann/json_fwd.hpp>

#include <memory>

namespace trainyard::models {

// Prophet (Taylor & Letham, Forecasting at scale, 2018): a piecewise trend (prophet_trend.hpp) with
// seasonalities, holidays and covariates by the calendar of the series, fitted by maximum a
// posteriori (prophet_fit.hpp); bands by simulated changes of the trend. Same parametrisation,
// scaling and defaults as Prophet 1.5; the settings are in prophet_options.hpp.
//
// Needs 2 observations. update() keeps the parameters: its forecasts start later. Errors:
// invalid_argument, cancelled.
std::unique_ptr<Model> make_prophet();

Result<std::unique_ptr<FittedModel>> load_prophet(const nlohmann::json& state);

}  // namespace trainyard::models

#pragma once

#include "worker/models/arima/arima_filter.hpp"
#include "worker/models/arima/arima_select.hpp"
#include "worker/models/model.hpp"

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <vector>

namespace trainyard::models {

// All that forecasts and updates need; series and covariates are divided by their scales.
struct ArimaCore {
  ArimaFit fit;
  ArimaState state;
  std::int64_t count = 0;  // observations seen
  double scale = 1.0;
  std::vector<double> covariate_scales;
};

// `y` and `covariates` are the scaled observations of the fit, which `core` has seen.
std::unique_ptr<FittedModel> make_fitted_arima(ArimaCore core, std::vector<double> y,
                                               std::vector<std::vector<double>> covariates);

Result<std::unique_ptr<FittedModel>> load_arima(const nlohmann::json& state);

}  // namespace trainyard::models

#pragma once

#include "common/base/error.hpp"
#include "worker/models/arima/arima_select.hpp"

#include <optional>
#include <string_view>

namespace trainyard::models {

// What a user asked of the model `arima` (arima_model.hpp).
struct ArimaSettings {
  std::optional<ArimaForm> form;  // of a given order
  ArimaLimits limits;             // of a search
};

// Errc::invalid_argument, category config, as Hyperparameters names it. `season` is the series'.
Result<ArimaSettings> read_arima_settings(std::string_view hyperparameters, int season);

}  // namespace trainyard::models

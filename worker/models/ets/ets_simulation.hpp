#pragma once

#include "worker/models/ets/ets_select.hpp"
#include "worker/models/model.hpp"

#include <span>

namespace trainyard::models {

// For the forms whose variance has no closed expression (Hyndman et al. 2008, section 6.1): the
// future without errors as the mean, like R's, and quantiles of 2000 simulated futures as the
// bands, since these are skewed. The futures come in pairs of errors ε and −ε and are always the
// same. One ends where the form is not defined any more, and counts up to there. Everything is
// finite and lower <= mean <= upper. O(horizon). Errors: cancelled.
Result<Forecast> simulated_forecast(const EtsFit& fit, double scale,
                                    const ForecastRequest& request);

}  // namespace trainyard::models

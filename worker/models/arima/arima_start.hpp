#pragma once

#include "worker/models/arima/arima_likelihood.hpp"

#include <stop_token>
#include <vector>

namespace trainyard::models {

// Where a search may begin: Hannan & Rissanen, Recursive estimation of mixed autoregressive-moving
// average order (1982). A long autoregression gives errors, and a regression of the series on past
// values and errors gives coefficients, here drawn inside the region of arima_coefficients.hpp. Of
// no use when stopped early.
std::vector<double> arima_start(const ArimaSample& sample, const ArimaForm& form,
                                const std::stop_token& stop = {});

}  // namespace trainyard::models

#pragma once

#include "worker/models/xgboost/booster.hpp"
#include "worker/models/xgboost/change_features.hpp"

#include <functional>
#include <vector>

namespace trainyard::models {

// Values of the covariates at the `step`-th period, from 1, after the end of the history `index`.
using CovariatesAhead = std::function<std::vector<float>(std::size_t index, std::size_t step)>;

// Forecasts the levels of the next counts[i] periods of histories[i], all of one plan, as many
// steps at once as it looks ahead and then on from there. Counts do not rise. Errors: cancelled,
// the booster's.
Result<std::vector<std::vector<double>>> forecast_levels(const Booster& booster,
                                                         std::vector<ChangeHistory> histories,
                                                         const std::vector<std::size_t>& counts,
                                                         const CovariatesAhead& covariates,
                                                         const std::stop_token& stop);

}  // namespace trainyard::models

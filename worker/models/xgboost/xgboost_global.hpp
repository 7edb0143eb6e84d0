#pragma once

#include "worker/models/global_model.hpp"

#include <nlohmann/json_fwd.hpp>

#include <memory>

namespace trainyard::models {

// One booster (booster.hpp) for all series: it learns their changes (change_features.hpp), each in
// units of its own series, and looks several steps ahead at once, unless there are covariates.
// Bands are conformal (conformal.hpp), from a second booster that did not see the last quarter of
// each series, at most as many periods as it looks ahead; errors of all series are pooled, in units
// of their changes.
//
// Learns from series of the commonest frequency, season and number of covariates that have 10
// observations or more; forecasts any series of that kind. Hyperparameters: those of
// xgboost_settings.hpp, with defaults for many series. Memory is bounded: it looks at the last
// 100,000 values of each series and 4 million of all, and learns from 2.4 million features at most,
// whose rows are spread evenly by the seed. Errors: invalid_argument, cancelled, unavailable
// without the library.
std::unique_ptr<Model> make_xgboost_global();

}  // namespace trainyard::models

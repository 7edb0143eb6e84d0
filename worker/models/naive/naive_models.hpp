#pragma once

#include "worker/models/model.hpp"

#include <memory>

// The benchmarks every other model has to beat. All ignore covariates and take no hyperparameters.
// Bands are normal with the standard errors of Hyndman & Athanasopoulos, Forecasting: Principles
// and Practice (3rd ed., 2021), table 5.2.

namespace trainyard::models {

// The last value, for ever; standard error s·√h. Needs 2 observations.
std::unique_ptr<Model> make_naive();

// The last season again; standard error s·√(seasons ahead). Needs a season and 1 observation more;
// the same as naive when the season length is 1.
std::unique_ptr<Model> make_seasonal_naive();

// The straight line through first and last value; standard error s·√(h(1 + h/(n−1))). Needs 3.
std::unique_ptr<Model> make_drift();

}  // namespace trainyard::models

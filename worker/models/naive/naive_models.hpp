#pragma once

#include "worker/models/model.hpp"

#include <nlohmann/json_fwd.hpp>

#include <memory>

// The benchmarks every other model has to beat. All ignore covariates and take no hyperparameters.
// Bands are normal with the standard errors of Hyndman & Athanasopoulos, Forecasting: Principles
// and Practice (3rd ed., 2021), table 5.2. An update keeps these errors, the drift and the season.

namespace trainyard::models {

// The last value, for ever; standard error s·√h. Needs 2 observations.
std::unique_ptr<Model> make_naive();

// The last season again; standard error s·√(seasons ahead). Needs a season and 1 observation more;
// the same as naive when the season length is 1.
std::unique_ptr<Model> make_seasonal_naive();

// The straight line through first and last value; standard error s·√(h(1 + h/(n−1))). Needs 3.
std::unique_ptr<Model> make_drift();

// naive on the series without its season, which the forecast gets back: Naive2 of the M4
// competition (Makridakis, Spiliotis & Assimakopoulos 2020), with ratios to the moving average when
// the 90 % autocorrelation test finds a season. Where M4 has no definition, for values or indices
// that are not positive, the season is one of differences. Needs 2.
std::unique_ptr<Model> make_naive2();

Result<std::unique_ptr<FittedModel>> load_naive(const nlohmann::json& state);
Result<std::unique_ptr<FittedModel>> load_seasonal_naive(const nlohmann::json& state);
Result<std::unique_ptr<FittedModel>> load_drift(const nlohmann::json& state);
Result<std::unique_ptr<FittedModel>> load_naive2(const nlohmann::json& state);

}  // namespace trainyard::models

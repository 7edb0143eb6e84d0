#pragma once

#include "worker/models/model.hpp"

#include <memory>

namespace trainyard::models {

// ARIMA with seasons and regressors (arima_form.hpp), by exact maximum likelihood. Orders are
// searched for as R's auto.arima does unless `order` ([p, d, q]) and `seasonal_order` ([P, D, Q])
// are given; bands are normal and exact for known parameters. Covariates are regressors.
//
// Hyperparameters, most of which mean what they mean in R: include_mean and include_drift (for a
// search, whether they are allowed; for a given order, whether they are there where d + D permits),
// d, D, max_p, max_q, max_P, max_Q, max_order, max_d, max_D, start_p, start_q, start_P, start_Q,
// stationary, seasonal, stepwise, approximation (true: orders are chosen on the last 5,000
// observations), test (kpss or adf). A search takes no more than seasonal differences from seasons
// above 52. Needs 2 observations, or 2 more than an order that is given uses up. Errors:
// invalid_argument, cancelled.
std::unique_ptr<Model> make_arima();

}  // namespace trainyard::models

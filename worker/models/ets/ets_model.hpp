#pragma once

#include "worker/models/model.hpp"

#include <memory>

namespace trainyard::models {

// Exponential smoothing in state space form, all 30 forms of it (Hyndman, Koehler, Ord & Snyder,
// Forecasting with Exponential Smoothing, 2008). Left open, the form is chosen by maximum
// likelihood and least AICc (Hyndman, Koehler, Snyder & Grose 2002). Bands are normal with the
// exact variance of each step, or simulated where that has no closed expression.
//
// Hyperparameters, as in R's forecast::ets: form ("ZZZ", letters of error, trend and season, Z left
// open, as in "MAdM"), damped (left open unless given), allow_multiplicative_trend (false; for an
// open trend) and restrict (true: without forms of unstable likelihood).
//
// Needs 5 observations. Forms with a season want two full ones and at most 24 periods in it,
// multiplicative parts positive observations. Constant series are ETS(A,N,N). Covariates are
// ignored. Errors: invalid_argument, cancelled. An update keeps the parameters.
std::unique_ptr<Model> make_ets();

}  // namespace trainyard::models

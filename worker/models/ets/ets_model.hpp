#pragma once

#include "worker/models/model.hpp"

#include <memory>

namespace trainyard::models {

// Exponential smoothing in state space form, chosen automatically (Hyndman, Koehler, Snyder &
// Grose, A state space framework for automatic forecasting, 2002): the admissible forms of
// ets_form.hpp, maximum likelihood, least AICc; normal bands with the exact variance of each step.
//
// Needs 5 observations. Forms with a season want two full ones and at most 24 periods in it.
// Covariates are ignored. Takes no hyperparameters. Errors: invalid_argument, cancelled.
std::unique_ptr<Model> make_ets();

}  // namespace trainyard::models

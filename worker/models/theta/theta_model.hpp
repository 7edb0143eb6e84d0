#pragma once

#include "worker/models/model.hpp"

#include <memory>

namespace trainyard::models {

// The Dynamic Optimised Theta Model (theta_fit.hpp) on the series without its season. The season is
// taken out when the 90 % autocorrelation test finds one: by ratios when all values and indices are
// positive, by differences otherwise. Bands are normal with the variance that follows from the
// model's response to each future error.
//
// Needs 4 observations. Covariates are ignored. Takes no hyperparameters. Errors: invalid_argument,
// cancelled. forecast() is O(horizon²) for bands up to 500 steps, and linear past that.
std::unique_ptr<Model> make_theta();

}  // namespace trainyard::models

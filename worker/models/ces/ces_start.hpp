#pragma once

#include "worker/models/ces/ces_state.hpp"

#include <span>

namespace trainyard::models {

// Rough initial states, good enough to backcast from: averages of the beginning, and the indices of
// classical decomposition. Forms with a season need two of them.
CesState<double> ces_start(std::span<const double> y, CesForm form, std::size_t season_length);

}  // namespace trainyard::models

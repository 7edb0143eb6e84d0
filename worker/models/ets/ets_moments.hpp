#pragma once

#include "worker/models/ets/ets_select.hpp"
#include "worker/models/numeric/normal_bands.hpp"

namespace trainyard::models {

// Mean and standard deviation of each step ahead, exact for normal ε and known parameters: class 1
// (additive errors), class 2 (multiplicative errors, otherwise linear) and class 3 (multiplicative
// season too) of Hyndman et al. 2008, chapter 6. O(horizon²) for class 2, else O(season · horizon).
StepMoments ets_moments(const EtsFit& fit, int horizon);

}  // namespace trainyard::models

#pragma once

#include "worker/models/ets/ets_select.hpp"
#include "worker/models/numeric/normal_bands.hpp"

namespace trainyard::models {

// Whether the moments below are known in closed form: class 1 (additive errors), class 2
// (multiplicative errors, otherwise linear) and class 3 (multiplicative season too) of Hyndman et
// al. 2008, chapter 6. The other forms are simulated (ets_simulation.hpp).
bool has_exact_moments(const EtsForm& form);

// Mean and standard deviation of each step ahead, exact for normal ε and known parameters.
// O(horizon²) for class 2, else O(season · horizon).
StepMoments ets_moments(const EtsFit& fit, int horizon);

// The future without errors, of any form: the mean, but for class 3 where it is close to it.
std::vector<double> ets_path(const EtsFit& fit, int horizon);

}  // namespace trainyard::models

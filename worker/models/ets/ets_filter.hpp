#pragma once

#include "worker/models/ets/ets_form.hpp"

#include <span>
#include <vector>

// A form with known parameters run over observations: what it expected of each, and where it ends.

namespace trainyard::models {

struct EtsExpectation {
  double level;       // before the observation
  double underlying;  // level and growth together
  double season;      // 0 without one
  double forecast;
};

struct EtsFiltered {
  std::vector<EtsExpectation> path;  // shorter than the observations when the form is not defined
                                     // on them: a divisor was not positive
  EtsState state;                    // after the last of the path
};

EtsFiltered ets_filter(std::span<const double> y, const EtsForm& form,
                       const EtsSmoothing& smoothing, const EtsState& initial);

}  // namespace trainyard::models

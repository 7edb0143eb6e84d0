#pragma once

#include "worker/models/ets/ets_form.hpp"

#include <span>

namespace trainyard::models {

// Where the search for initial states begins: seasonal indices from a classical decomposition,
// level and growth from a line through the first max(10, two seasons) seasonally adjusted values.
// `y` has two seasons at least when the form has a season, and is positive when that is
// multiplicative.
EtsState ets_start(std::span<const double> y, const EtsForm& form, int season_length);

}  // namespace trainyard::models

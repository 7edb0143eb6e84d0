#pragma once

#include "worker/models/ets/ets_form.hpp"

#include <span>

namespace trainyard::models {

// Where the search for initial states begins: seasonal indices from a classical decomposition,
// level and growth from a line through the first ten seasonally adjusted values, or through two
// seasons when they are longer; the growth of a multiplicative trend is the ratio of its points.
// `y` has two seasons at least when the form has a season, and is positive when that is
// multiplicative.
EtsState ets_start(std::span<const double> y, const EtsForm& form, int season_length);

}  // namespace trainyard::models

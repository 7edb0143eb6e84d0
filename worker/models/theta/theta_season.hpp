#pragma once

#include "worker/models/numeric/seasonality.hpp"

#include <cstddef>
#include <span>
#include <vector>

// The season that the theta models take out of a series before they fit, and put back into what
// they say of it.

namespace trainyard::models {

class StateReader;

// Periods are counted from the first observation of the fit. Neutral without indices.
struct ThetaSeason {
  std::vector<double> indices = {};
  Composition composition = Composition::additive;

  double index(std::size_t period) const;
  double without(double value, std::size_t period) const;
  double with(double value, std::size_t period) const;
};

enum class Shrinkage { none, james_stein };

// By ratios when all values and indices are positive, by differences otherwise; no season where the
// test of seasonality.hpp finds none, or was stopped early. With shrinkage, shrunken_indices()
// takes the place of test and indices.
ThetaSeason find_season(std::span<const double> y, int season_length, Shrinkage shrinkage,
                        const std::stop_token& stop);

// The members "season" and "composition" of a saved state; refuses ratios that are not positive.
ThetaSeason read_season(StateReader& reader);

}  // namespace trainyard::models

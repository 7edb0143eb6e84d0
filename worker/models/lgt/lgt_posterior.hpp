#pragma once

#include "worker/models/lgt/lgt_point.hpp"

#include <span>
#include <stop_token>
#include <vector>

namespace trainyard::models {

// What is thought of growth and local trend before the data are seen: normal, in units of σ, on a
// series whose mean absolute value is 1.
struct LgtPrior {
  double growth_sd = 0.3;
  double local_mean = 0.3;
  double local_sd = 0.3;
};

// Short seasons see much growth per period, long ones little. Learnt by cross-validation on the
// training parts of 1,040 M3 series.
LgtPrior prior_of(int season_length);

// Every shape of a grid (α × β × ρ × τ) with its growth and local trend, for which the posterior is
// known in closed form (a Bayesian regression with conjugate priors), and its weight by marginal
// likelihood; those that matter, weights summing to 1. The grid takes the place of the paper's
// sampling: it is deterministic, and a thousand times faster. `y` has no season and a mean
// absolute value of 1, or 0, and two values or more. O(n · grid); empty when stopped.
std::vector<LgtPoint> lgt_posterior(std::span<const double> y, const LgtPrior& prior,
                                    const std::stop_token& stop);

// Where every recursion starts, before the second observation.
LgtState lgt_start(std::span<const double> y);

}  // namespace trainyard::models

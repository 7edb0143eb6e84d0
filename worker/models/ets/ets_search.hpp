#pragma once

#include "worker/models/ets/ets_recursion.hpp"

#include <span>
#include <stop_token>
#include <vector>

// Maximum likelihood of one form from one starting point: Levenberg–Marquardt (Marquardt 1963) on
// the recursion's least squares, over smoothing parameters and initial states together, with the
// bounds as an active set. The result is a local maximum; callers try several starts.

namespace trainyard::models {

struct EtsOptimum {
  std::vector<double> x;
  double value = 0.0;  // Σ r² of EtsObjective; infinite when the start is not in the form's domain
};

struct EtsSearchOptions {
  int iterations_max = 60;
  double likelihood_tolerance = 1e-6;  // stop when a step gains less than this in 2·log L
};

EtsOptimum search_optimum(EtsRecursion& recursion, const EtsLayout& layout,
                          std::span<const double> start, std::size_t observations,
                          const EtsSearchOptions& options);

}  // namespace trainyard::models

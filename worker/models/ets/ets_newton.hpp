#pragma once

#include "worker/models/ets/ets_parameters.hpp"
#include "worker/models/ets/ets_recursion.hpp"

#include <span>
#include <vector>

namespace trainyard::models {

// Damped Gauss–Newton steps inside the bounds: (H + λ diag H) d = −g over the parameters that are
// free to move. A step that would leave the bounds is cut at those it crosses, and the other
// parameters are solved for anew. Keeps its memory between steps; not to be shared between threads.
class EtsNewton {
 public:
  // For curvatures at x: finds the free parameters, and returns by how much the quadratic model
  // says Σ r² can fall.
  double prepare(const EtsLayout& layout, std::span<const double> x, const EtsCurvature& curvature);

  // Where the step of damping λ leads. After prepare() with the same arguments.
  void step(const EtsLayout& layout, std::span<const double> x, const EtsCurvature& curvature,
            double lambda, std::vector<double>& next);

 private:
  bool solve(int size, const EtsCurvature& curvature, double lambda);

  std::vector<int> free_;        // that are not held at a bound
  std::vector<int> moving_;      // scratch of one step: free and not cut
  std::vector<double> factor_;   // scratch: Cholesky factor, lower triangle by rows
  std::vector<double> column_;   // scratch of the factorisation
  std::vector<double> shift_;    // scratch: the step, by position
  std::vector<double> unknown_;  // scratch: the step of moving_
};

}  // namespace trainyard::models

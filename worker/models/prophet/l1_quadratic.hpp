#pragma once

#include <optional>
#include <span>
#include <stop_token>
#include <vector>

namespace trainyard::models {

// ½ xᵀHx − bᵀx + λ Σ_{j ≥ free} |x_j|, H positive definite: the first `free` coordinates carry no
// penalty.
struct L1Quadratic {
  std::span<const double> hessian;  // p × p, of which the lower triangle by columns is read
  std::span<const double> linear;   // b
  std::size_t free = 0;
  double penalty = 0.0;  // λ
};

// The minimum, exact up to rounding. The free coordinates are eliminated first; what is left is a
// lasso in the others, for which Lee, Battle, Raina & Ng's feature-sign search (Efficient sparse
// coding algorithms, 2007) keeps a set of non-zero coordinates with their signs and solves for
// them. `start` (p values) only makes it faster. Nullopt when H is not positive definite in
// floating point. When stopped, what it gives is of no use.
std::optional<std::vector<double>> minimise(const L1Quadratic& problem,
                                            std::span<const double> start,
                                            const std::stop_token& stop = {});

}  // namespace trainyard::models

#include "worker/models/ets/ets_search.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include <algorithm>
#include <cmath>

namespace trainyard::models {
namespace {

using Vector = Eigen::VectorXd;
using Matrix = Eigen::MatrixXd;

// The step that solves (H + λ diag H) d = −g over the parameters that are free to move.
class DampedStep {
 public:
  DampedStep(const EtsLayout& layout, std::span<const double> x, const EtsCurvature& curvature) {
    for (int i = 0; i < layout.size(); ++i) {
      const double g = curvature.gradient[i];
      const bool pushed_out =
          (x[i] <= layout.lower(i) && g > 0.0) || (x[i] >= layout.upper(i) && g < 0.0);
      if (!pushed_out) free_.push_back(i);
    }
    const auto size = static_cast<Eigen::Index>(free_.size());
    hessian_.resize(size, size);
    gradient_.resize(size);
    for (Eigen::Index i = 0; i < size; ++i) {
      gradient_[i] = curvature.gradient[free_[i]];
      for (Eigen::Index k = 0; k <= i; ++k)
        hessian_(i, k) = curvature.matrix[free_[i] * layout.size() + free_[k]];
    }
  }

  // Where a step of damping λ leads, cut at the bounds.
  std::vector<double> target(const EtsLayout& layout, std::span<const double> x,
                             double lambda) const {
    Matrix damped = hessian_;
    damped.diagonal().array() *= 1.0 + lambda;
    damped.diagonal().array() += 1e-300;
    const Vector d = damped.selfadjointView<Eigen::Lower>().ldlt().solve(-gradient_);
    std::vector<double> next(x.begin(), x.end());
    for (std::size_t i = 0; i < free_.size(); ++i) {
      const int k = free_[i];
      next[k] =
          std::clamp(x[k] + d[static_cast<Eigen::Index>(i)], layout.lower(k), layout.upper(k));
    }
    return next;
  }

 private:
  std::vector<int> free_;
  Matrix hessian_;
  Vector gradient_;
};

}  // namespace

EtsOptimum search_optimum(EtsRecursion& recursion, const EtsLayout& layout,
                          std::span<const double> start, std::size_t observations,
                          const EtsSearchOptions& options) {
  constexpr double lambda_max = 1e8;
  const auto n = static_cast<double>(observations);
  EtsOptimum best{.x = {start.begin(), start.end()}};
  EtsCurvature curvature;
  recursion.differentiate(best.x, curvature);
  best.value = curvature.objective.value;
  if (!std::isfinite(best.value)) return best;

  double lambda = 1e-3;
  for (int i = 0; i < options.iterations_max && best.value > 0.0; ++i) {
    const DampedStep step(layout, best.x, curvature);
    double gain = -1.0;
    for (; lambda < lambda_max; lambda *= 8.0) {
      auto next = step.target(layout, best.x, lambda);
      const double value = recursion.evaluate(next).value;
      if (!(value < best.value)) continue;
      gain = n * std::log(best.value / value);
      best = {.x = std::move(next), .value = value};
      lambda = std::max(lambda * 0.1, 1e-9);
      break;
    }
    if (gain < options.likelihood_tolerance) break;
    recursion.differentiate(best.x, curvature);
  }
  return best;
}

}  // namespace trainyard::models

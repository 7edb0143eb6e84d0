#include "worker/models/arima/arima_search.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include <algorithm>
#include <cmath>

namespace trainyard::models {
namespace {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;

// Past it a partial autocorrelation is 1 to within the rounding of its use.
constexpr double free_max = 300.0;
constexpr double damping_start = 1e-3;
constexpr double damping_max = 1e6;

Eigen::Map<const Vector> as_vector(const std::vector<double>& values) {
  return {values.data(), static_cast<Eigen::Index>(values.size())};
}

Matrix as_matrix(const ArimaSlope& slope) {
  const auto size = static_cast<Eigen::Index>(slope.gradient.size());
  return Eigen::Map<const Matrix>(slope.curvature.data(), size, size);
}

// No longer than what the free numbers are of: the further out, the less they mean.
Vector damped_step(const Matrix& curvature, const ArimaSlope& slope,
                   const std::vector<double>& free, double damping) {
  Matrix damped = curvature;
  const double ridge = 1e-12 * damped.diagonal().maxCoeff() + 1e-300;
  damped.diagonal() *= 1.0 + damping;
  damped.diagonal().array() += ridge;
  Vector step = -damped.ldlt().solve(as_vector(slope.gradient));
  const double longest =
      (step.array() / (1.0 + 0.5 * as_vector(free).array().abs())).abs().maxCoeff();
  if (longest > 1.0) step /= longest;
  return step;
}

// Broyden, Fletcher, Goldfarb & Shanno's update, damped as Powell's where the function bends the
// other way.
void learn(Matrix& curvature, const Vector& step, Vector change) {
  const Vector expected = curvature * step;
  const double bend = step.dot(expected);
  const double seen = step.dot(change);
  if (!(bend > 0.0)) return;
  if (seen < 0.2 * bend) {
    const double weight = 0.8 * bend / (bend - seen);
    change = weight * change + (1.0 - weight) * expected;
  }
  curvature +=
      change * change.transpose() / step.dot(change) - expected * expected.transpose() / bend;
}

class Search {
 public:
  Search(ArimaLikelihood& likelihood, std::span<const double> start, const std::stop_token& stop)
      : likelihood_(likelihood), stop_(stop), best_{.free = {start.begin(), start.end()}} {
    likelihood_.differentiate(best_.free, slope_);
    best_.value = slope_.value;
  }

  ArimaOptimum run(const ArimaSearchOptions& options) {
    Matrix curvature = as_matrix(slope_);
    bool is_learnt = false;
    for (int i = 0; i < options.iterations_max && std::isfinite(best_.value); ++i) {
      const ArimaOptimum before = best_;
      descend(curvature);
      const double gain = before.value - best_.value;
      if (stop_.stop_requested()) break;
      const Vector gradient = as_vector(slope_.gradient);
      if (gain > 0.0) likelihood_.differentiate(best_.free, slope_);
      if (gain >= options.tolerance) {
        learn(curvature, as_vector(best_.free) - as_vector(before.free),
              as_vector(slope_.gradient) - gradient);
        is_learnt = true;
        continue;
      }
      // What was learnt on the way may be wrong here.
      if (!is_learnt) break;
      curvature = as_matrix(slope_);
      damping_ = damping_start;
      is_learnt = false;
    }
    return std::move(best_);
  }

 private:
  // To the first better point that more and more damping finds; none leaves the best as it is.
  void descend(const Matrix& curvature) {
    std::vector<double> next(best_.free.size());
    for (; damping_ < damping_max && !stop_.stop_requested(); damping_ *= 8.0) {
      const Vector step = damped_step(curvature, slope_, best_.free, damping_);
      for (std::size_t k = 0; k < next.size(); ++k)
        next[k] =
            std::clamp(best_.free[k] + step[static_cast<Eigen::Index>(k)], -free_max, free_max);
      const double value = likelihood_.evaluate(next);
      if (!(value < best_.value)) continue;
      best_ = {.free = std::move(next), .value = value};
      damping_ = std::max(damping_ * 0.1, 1e-9);
      return;
    }
  }

  ArimaLikelihood& likelihood_;
  const std::stop_token& stop_;
  ArimaOptimum best_;
  ArimaSlope slope_;
  double damping_ = damping_start;
};

}  // namespace

ArimaOptimum search_optimum(ArimaLikelihood& likelihood, std::span<const double> start,
                            const ArimaSearchOptions& options, const std::stop_token& stop) {
  if (start.empty()) return {.value = likelihood.evaluate(start)};
  return Search(likelihood, start, stop).run(options);
}

}  // namespace trainyard::models

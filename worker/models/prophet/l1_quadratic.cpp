#include "worker/models/prophet/l1_quadratic.hpp"

#include <Eigen/Cholesky>

#include <algorithm>
#include <cmath>

namespace trainyard::models {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// The lasso ½ xᵀAx − bᵀx + λ Σ |x_j|.
class FeatureSignSearch {
 public:
  FeatureSignSearch(const MatrixXd& a, const VectorXd& b, double penalty)
      : a_(a), b_(b), penalty_(penalty) {}

  bool run(VectorXd& x, const std::stop_token& stop) {
    sign_ = x.array().sign();
    // Each round adds a coordinate or takes one away, and the objective falls; the limit is for
    // rounding alone.
    const Index rounds_max = 20 * (x.size() + 1);
    for (Index round = 0; round < rounds_max && !stop.stop_requested(); ++round) {
      if (!solve_active(x)) return false;
      if (stop_at_sign_change(x)) continue;
      if (!activate_steepest(x)) return true;
    }
    return true;
  }

 private:
  // target_ = the minimum of the quadratic that the signs of the active coordinates make.
  bool solve_active(const VectorXd& x) {
    active_.clear();
    for (Index j = 0; j < x.size(); ++j)
      if (sign_[j] != 0.0) active_.push_back(j);
    target_ = VectorXd::Zero(x.size());
    if (active_.empty()) return true;
    const MatrixXd block = a_(active_, active_);
    const VectorXd right = b_(active_) - penalty_ * sign_(active_);
    const Eigen::LLT<MatrixXd> factor(block);
    if (factor.info() != Eigen::Success) return false;
    const VectorXd solution = factor.solve(right);
    target_(active_) = solution;
    return true;
  }

  // Walks from x towards the target, up to where the first coordinate would change its sign: there
  // it becomes zero and inactive.
  bool stop_at_sign_change(VectorXd& x) {
    double share = 1.0;
    Index first = -1;
    for (const Index j : active_) {
      if (target_[j] * sign_[j] > 0.0) continue;
      const double reached = x[j] == 0.0 ? 0.0 : x[j] / (x[j] - target_[j]);
      if (first < 0 || reached < share) {
        share = reached;
        first = j;
      }
    }
    if (first < 0) {
      x = target_;
      return false;
    }
    x += share * (target_ - x);
    x[first] = 0.0;
    sign_[first] = 0.0;
    return true;
  }

  // The inactive coordinate along which the objective falls most steeply, if there is one.
  bool activate_steepest(const VectorXd& x) {
    const VectorXd gradient = a_ * x - b_;
    double steepest = penalty_ * (1.0 + 1e-10);
    Index best = -1;
    for (Index j = 0; j < x.size(); ++j) {
      if (sign_[j] != 0.0 || !(std::abs(gradient[j]) > steepest)) continue;
      steepest = std::abs(gradient[j]);
      best = j;
    }
    if (best < 0) return false;
    sign_[best] = gradient[best] > 0.0 ? -1.0 : 1.0;
    return true;
  }

  const MatrixXd& a_;
  const VectorXd& b_;
  double penalty_;
  VectorXd sign_;  // 0 for inactive coordinates
  VectorXd target_;
  std::vector<Index> active_;
};

}  // namespace

std::optional<std::vector<double>> minimise(const L1Quadratic& problem,
                                            std::span<const double> start,
                                            const std::stop_token& stop) {
  const auto p = static_cast<Index>(problem.linear.size());
  const auto free = static_cast<Index>(problem.free);
  const Index rest = p - free;
  const Eigen::Map<const MatrixXd> hessian(problem.hessian.data(), p, p);
  const Eigen::Map<const VectorXd> linear(problem.linear.data(), p);

  const Eigen::LLT<MatrixXd> factor(hessian.topLeftCorner(free, free));
  if (factor.info() != Eigen::Success) return std::nullopt;
  if (rest == 0) {
    const VectorXd solution = factor.solve(linear);
    return std::vector(solution.begin(), solution.end());
  }
  // With H = [F Cᵀ; C R] and F = LLᵀ, W = L⁻¹Cᵀ: the lasso's matrix is R − WᵀW.
  MatrixXd w = hessian.bottomLeftCorner(rest, free).transpose();
  factor.matrixL().solveInPlace(w);
  VectorXd u = linear.head(free);
  factor.matrixL().solveInPlace(u);
  MatrixXd reduced = hessian.bottomRightCorner(rest, rest);
  reduced.selfadjointView<Eigen::Lower>().rankUpdate(w.transpose(), -1.0);
  reduced.triangularView<Eigen::StrictlyUpper>() = reduced.transpose();
  const VectorXd right = linear.tail(rest) - w.transpose() * u;

  VectorXd penalised =
      Eigen::Map<const VectorXd>(start.data(), static_cast<Index>(start.size())).tail(rest);
  if (!FeatureSignSearch(reduced, right, problem.penalty).run(penalised, stop)) {
    return std::nullopt;
  }

  std::vector<double> result(p);
  Eigen::Map<VectorXd> x(result.data(), p);
  x.tail(rest) = penalised;
  x.head(free) = u - w * penalised;
  factor.matrixU().solveInPlace(x.head(free));
  return result;
}

}  // namespace trainyard::models

#include "worker/models/ces/ces_fit.hpp"

#include "worker/models/ces/ces_backcast.hpp"
#include "worker/models/ces/ces_start.hpp"

#include <Eigen/Dense>

#include <algorithm>
#include <cmath>
#include <limits>

namespace trainyard::models {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// α0, α1, and where the form has them β0, β1.
using Vector = Eigen::Matrix<double, Eigen::Dynamic, 1, 0, 4, 1>;
using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, 0, 4, 4>;

struct Box {
  Vector start;
  Vector lower;
  Vector upper;
};

Box box_of(CesForm form) {
  const bool full = form == CesForm::full;
  const Eigen::Index size = full ? 4 : form == CesForm::partial ? 3 : 2;
  return {.start = Eigen::Vector4d(1.3, 1.0, full ? 1.3 : 0.1, 1.0).head(size),
          .lower = Eigen::Vector4d::Constant(0.01).head(size),
          .upper = Eigen::Vector4d(1.8, 1.9, full ? 1.5 : 0.99, 1.5).head(size)};
}

// Whether a level and its potential forget where they began: both eigenvalues of the matrix that
// takes them from one period to the next, the error being y − ℓ, are inside the unit circle.
bool forgets(double real, double imaginary) {
  const double rest = 1.0 - real;
  const double trace = rest + imaginary + rest;
  const double determinant = (rest + imaginary) * rest + (1.0 - imaginary) * (rest - imaginary);
  return std::abs(determinant) < 1.0 && std::abs(trace) < 1.0 + determinant;
}

CesParameters<double> parameters_at(const Vector& x) {
  return {.alpha0 = x[0],
          .alpha1 = x[1],
          .beta0 = x.size() > 2 ? x[2] : 0.0,
          .beta1 = x.size() > 3 ? x[3] : 0.0};
}

Vector vector_of(const CesParameters<double>& p, Eigen::Index size) {
  return Eigen::Vector4d(p.alpha0, p.alpha1, p.beta0, p.beta1).head(size);
}

// The sum of squares at a point with the Gauss–Newton approximation of its derivatives.
struct Evaluation {
  double squares = infinity;
  Vector gradient;  // half of it
  Matrix hessian;   // half of it
};

class Search {
 public:
  Search(const CesTask& task, CesForm form)
      : task_(task),
        form_(form),
        box_(box_of(form)),
        start_(ces_start(task.y, form, static_cast<std::size_t>(task.season_length))) {}

  CesFit minimum() {
    CesFit best = minimum_from(box_.start);
    if (form_ == CesForm::partial && !is_stopped()) {
      // Where the level takes the season along is a minimum of its own.
      auto other = minimum_from(Eigen::Vector3d(1.2, 0.9, 0.03));
      if (other.squares < best.squares) best = std::move(other);
    }
    if (is_stopped() || !std::isfinite(best.squares)) return best;
    // What was backcast is a better state to backcast from.
    start_ = best.initial;
    return minimum_from(vector_of(best.parameters, box_.start.size()));
  }

 private:
  bool is_stopped() const { return task_.stop.stop_requested(); }

  CesFit minimum_from(Vector x) const {
    Evaluation here = evaluate(x);
    double damping = 1e-3;
    for (int i = 0; i < 40 && here.squares > 0.0 && damping < 1e6; ++i) {
      if (is_stopped()) break;
      const Vector next = step_from(x, here, damping);
      Evaluation there = evaluate(next);
      if (!(there.squares < here.squares)) {
        damping *= 8.0;
        continue;
      }
      const double gain = 1.0 - there.squares / here.squares;
      x = next;
      here = std::move(there);
      damping = std::max(1e-9, damping * 0.1);
      if (gain < 1e-7) break;
    }
    return result(x, here.squares);
  }

  // A bound that the step runs into is kept, and the other parameters are solved for again.
  Vector step_from(const Vector& x, const Evaluation& here, double damping) const {
    Matrix normal = here.hessian;
    normal.diagonal() += damping * here.hessian.diagonal().cwiseMax(1e-12 * here.squares);
    Vector gradient = here.gradient;
    for (Eigen::Index k = 0; k < x.size(); ++k) {
      const bool is_bound = gradient[k] < 0.0 ? x[k] >= box_.upper[k] : x[k] <= box_.lower[k];
      if (!is_bound) continue;
      normal.row(k).setZero();
      normal.col(k).setZero();
      normal(k, k) = 1.0;
      gradient[k] = 0.0;
    }
    const Vector step = normal.ldlt().solve(gradient);
    Vector next = (x - step).cwiseMax(box_.lower).cwiseMin(box_.upper);
    // A pair that would leave its region goes half as far, and half again.
    for (Eigen::Index pair = 0; pair + 1 < x.size(); pair += 2)
      for (int i = 0; i < 20 && !forgets(next[pair], next[pair + 1]); ++i)
        next.segment(pair, 2) = 0.5 * (next.segment(pair, 2) + x.segment(pair, 2));
    return next;
  }

  Evaluation evaluate(const Vector& x) const {
    return x.size() < 4 ? evaluate_in<4>(x) : evaluate_in<6>(x);
  }

  // The point in the first lane, and a small step along each parameter in the next ones. Lanes are
  // computed side by side: the recursion is bound by latency, so this costs little more than one.
  template <int lanes>
  Evaluation evaluate_in(const Vector& x) const {
    using Lanes = Eigen::Array<double, lanes, 1>;
    constexpr double small = 1e-7;
    const Eigen::Index size = x.size();
    std::array<Lanes, 4> moved;
    for (auto& lane : moved)
      lane.setZero();
    for (Eigen::Index k = 0; k < size; ++k) {
      moved[k].setConstant(x[k]);
      moved[k][k + 1] += small;
    }
    const CesGains<Lanes> gains(
        {.alpha0 = moved[0], .alpha1 = moved[1], .beta0 = moved[2], .beta1 = moved[3]});
    CesState<Lanes> state = lifted<Lanes>();
    ces_backcast(task_.y, state, gains, task_.stop);
    if (is_stopped()) return {};

    // Of (ε, ∂ε/∂x) with itself.
    Eigen::Matrix<double, lanes, lanes> products = Eigen::Matrix<double, lanes, lanes>::Zero();
    ces_forward(
        task_.y, state, gains,
        [&](const Lanes& error) {
          Lanes parts = (error - error[0]) * (1.0 / small);
          parts[0] = error[0];
          products.noalias() += parts.matrix() * parts.matrix().transpose();
        },
        task_.stop);
    if (!products.allFinite()) return {};
    return {.squares = products(0, 0),
            .gradient = products.col(0).segment(1, size),
            .hessian = products.block(1, 1, size, size)};
  }

  template <class Lanes>
  CesState<Lanes> lifted() const {
    const auto lift = [](const std::vector<double>& from) {
      std::vector<Lanes> to;
      for (const double value : from)
        to.push_back(Lanes::Constant(value));
      return to;
    };
    return {.level = lift(start_.level),
            .potential = lift(start_.potential),
            .season = lift(start_.season),
            .season_potential = lift(start_.season_potential)};
  }

  CesFit result(const Vector& x, double squares) const {
    CesFit fit{.form = form_,
               .parameters = parameters_at(x),
               .initial = start_,
               .squares = squares,
               .aicc = infinity};
    if (is_stopped() || !std::isfinite(squares)) return fit;
    ces_backcast(task_.y, fit.initial, CesGains(fit.parameters), task_.stop);
    const auto n = static_cast<double>(task_.y.size());
    const double estimated = static_cast<double>(x.size()) + 1.0;  // and the variance
    const double freedom = n - estimated - 1.0;
    fit.variance = squares / std::max(1.0, n - estimated);
    // Below rounding error one perfect fit is as good as another, and the simplest one wins.
    if (freedom > 0.0)
      fit.aicc = n * std::log(std::max(squares, n * 1e-24)) + 2.0 * estimated +
                 2.0 * estimated * (estimated + 1.0) / freedom;
    return fit;
  }

  const CesTask& task_;
  CesForm form_;
  Box box_;
  CesState<double> start_;
};

}  // namespace

CesFit fit_ces(const CesTask& task, CesForm form) {
  return Search(task, form).minimum();
}

CesFit select_ces(const CesTask& task) {
  CesFit best = fit_ces(task, CesForm::none);
  const auto season = static_cast<std::size_t>(std::max(1, task.season_length));
  if (season < 2 || task.y.size() < 2 * season) return best;
  for (const auto form : {CesForm::simple, CesForm::partial, CesForm::full}) {
    if (task.stop.stop_requested()) return best;
    auto fit = fit_ces(task, form);
    if (fit.aicc < best.aicc) best = std::move(fit);
  }
  return best;
}

}  // namespace trainyard::models

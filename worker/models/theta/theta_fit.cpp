#include "worker/models/theta/theta_fit.hpp"

#include "worker/models/numeric/scalar_minimum.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace trainyard::models {
namespace {

constexpr double alpha_min = 0.1;
constexpr double alpha_max = 0.99;
constexpr std::size_t stop_mask = 0xffff;  // looks at the stop token every 65,536 observations
constexpr double trend_weight_max = 1.0 - 1e-10;

class Search {
 public:
  Search(const ThetaTask& task, ThetaForm form)
      : task_(task), form_(form), first_(first_error(form)) {
    RunningLine seen;
    for (const double value : task.y) {
      lines_.push_back(seen.line());
      seen.add(value);
    }
    if (is_dynamic(form)) return;
    line_ = seen.line();
    std::ranges::fill(lines_, line_);
  }

  ThetaFit minimum() const {
    const auto squares = [&](double alpha) { return solve_for(alpha).squares; };
    return solve_for(scalar_minimum(alpha_min, alpha_max, squares, task_.stop));
  }

 private:
  // Best ℓ_0 and trend weight for one α: errors are r − ℓ_0·d − ω·g with r the errors of smoothing
  // from zero, d = (1 − α)^{t−1} and g the bracket of μ_t.
  ThetaFit solve_for(double alpha) const {
    double dd = 0.0, dg = 0.0, gg = 0.0, dr = 0.0, gr = 0.0, rr = 0.0;
    double smoothed = 0.0;
    double d = 1.0;
    const double rest = 1.0 - alpha;
    const double per_alpha = 1.0 / alpha;
    for (std::size_t t = 0; t < task_.y.size(); ++t) {
      const double r = task_.y[t] - smoothed;
      if (t >= first_) {
        const double g = d * lines_[t].intercept + (1.0 - d * rest) * per_alpha * lines_[t].slope;
        dd += d * d;
        dg += d * g;
        gg += g * g;
        dr += d * r;
        gr += g * r;
        rr += r * r;
      }
      smoothed += alpha * r;
      d *= rest;
    }

    double weight = 0.5;
    if (is_optimised(form_)) {
      const double determinant = dd * gg - dg * dg;
      weight = determinant > 1e-14 * dd * gg ? (dd * gr - dg * dr) / determinant : 0.0;
      weight = std::clamp(weight, 0.0, trend_weight_max);
    }
    const double level = (dr - weight * dg) / dd;
    const double squares = rr - 2.0 * level * dr - 2.0 * weight * gr + level * level * dd +
                           2.0 * level * weight * dg + weight * weight * gg;
    return {.parameters = {.form = form_,
                           .alpha = alpha,
                           .trend_weight = weight,
                           .initial_level = level,
                           .line = line_},
            .squares = std::max(0.0, squares)};
  }

  const ThetaTask& task_;
  ThetaForm form_;
  std::size_t first_;
  Line line_;                // zero in dynamic forms
  std::vector<Line> lines_;  // what μ_t knows
};

// Over the periods that all forms have errors of. Of no use when stopped early.
double squares_of(const ThetaTask& task, const ThetaFit& fit) {
  constexpr std::size_t first = first_error(ThetaForm::dynamic_optimised);
  ThetaState state = start_of(fit.parameters);
  double squares = 0.0;
  for (std::size_t t = 0; t < task.y.size(); ++t) {
    if ((t & stop_mask) == stop_mask && task.stop.stop_requested()) break;
    const double error = task.y[t] - expected(fit.parameters, state);
    if (t >= first) squares += error * error;
    advance(fit.parameters, state, task.y[t]);
  }
  return squares;
}

}  // namespace

ThetaFit fit_theta(const ThetaTask& task, ThetaForm form) {
  return Search(task, form).minimum();
}

ThetaFit select_theta(const ThetaTask& task) {
  const auto fixed = fit_theta(task, ThetaForm::optimised);
  if (task.stop.stop_requested()) return fixed;
  const auto moving = fit_theta(task, ThetaForm::dynamic_optimised);
  if (task.stop.stop_requested()) return moving;
  return squares_of(task, fixed) < squares_of(task, moving) ? fixed : moving;
}

}  // namespace trainyard::models

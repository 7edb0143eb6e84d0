#include "worker/models/theta/theta_fit.hpp"

#include <algorithm>
#include <cmath>

namespace trainyard::models {
namespace {

constexpr double alpha_min = 0.1;
constexpr double alpha_max = 0.99;
constexpr double trend_weight_max = 1.0 - 1e-10;

// The line through y_1 … y_t, one observation at a time.
struct RunningLine {
  double mean = 0.0;
  double slope = 0.0;
  double t = 0.0;

  void add(double value) {
    const double before = mean;
    t += 1.0;
    mean += (value - before) / t;
    slope = t < 2.0 ? 0.0 : ((t - 2.0) * slope + 6.0 * (value - before) / t) / (t + 1.0);
  }
  double intercept() const { return mean - slope * (t + 1.0) / 2.0; }
};

// Best ℓ_0 and trend weight for one α: errors are r − ℓ_0·d − ω·g with r the errors of smoothing
// from zero, d = (1 − α)^{t−1} and g the bracket of μ_t.
ThetaFit solve_for(std::span<const double> y, double alpha) {
  double dd = 0.0, dg = 0.0, gg = 0.0, dr = 0.0, gr = 0.0, rr = 0.0;
  RunningLine line;
  double smoothed = 0.0;
  double d = 1.0;
  for (std::size_t t = 0; t < y.size(); ++t) {
    if (t >= 2) {
      const double g = d * line.intercept() + (1.0 - d * (1.0 - alpha)) / alpha * line.slope;
      const double r = y[t] - smoothed;
      dd += d * d;
      dg += d * g;
      gg += g * g;
      dr += d * r;
      gr += g * r;
      rr += r * r;
    }
    line.add(y[t]);
    smoothed += alpha * (y[t] - smoothed);
    d *= 1.0 - alpha;
  }

  const double determinant = dd * gg - dg * dg;
  double weight = determinant > 1e-14 * dd * gg ? (dd * gr - dg * dr) / determinant : 0.0;
  weight = std::clamp(weight, 0.0, trend_weight_max);
  const double level = (dr - weight * dg) / dd;
  const double squares = rr - 2.0 * level * dr - 2.0 * weight * gr + level * level * dd +
                         2.0 * level * weight * dg + weight * weight * gg;
  return {.alpha = alpha,
          .trend_weight = weight,
          .initial_level = level,
          .squares = std::max(0.0, squares)};
}

}  // namespace

ThetaState::ThetaState(const ThetaFit& fit)
    : alpha_(fit.alpha), trend_weight_(fit.trend_weight), level_(fit.initial_level) {}

double ThetaState::expected() const {
  const double bracket = decay_ * intercept_ + (1.0 - decay_ * (1.0 - alpha_)) / alpha_ * slope_;
  return level_ + trend_weight_ * bracket;
}

void ThetaState::advance(double value) {
  RunningLine line{.mean = mean_, .slope = slope_, .t = count_};
  line.add(value);
  mean_ = line.mean;
  slope_ = line.slope;
  count_ = line.t;
  intercept_ = line.intercept();
  level_ += alpha_ * (value - level_);
  decay_ *= 1.0 - alpha_;
}

ThetaFit fit_theta(std::span<const double> y, const std::stop_token& stop) {
  // A grid finds the valley, golden sections its bottom.
  constexpr int cells = 16;
  constexpr double width = (alpha_max - alpha_min) / cells;
  ThetaFit best = solve_for(y, alpha_min);
  for (int i = 1; i <= cells && !stop.stop_requested(); ++i)
    if (const auto fit = solve_for(y, alpha_min + i * width); fit.squares < best.squares)
      best = fit;

  constexpr double golden = 0.6180339887498949;
  double low = std::max(alpha_min, best.alpha - width);
  double high = std::min(alpha_max, best.alpha + width);
  ThetaFit left = solve_for(y, high - golden * (high - low));
  ThetaFit right = solve_for(y, low + golden * (high - low));
  while (high - low > 1e-6 && !stop.stop_requested()) {
    if (left.squares <= right.squares) {
      high = right.alpha;
      right = left;
      left = solve_for(y, high - golden * (high - low));
    } else {
      low = left.alpha;
      left = right;
      right = solve_for(y, low + golden * (high - low));
    }
  }
  return std::min({best, left, right},
                  [](const ThetaFit& a, const ThetaFit& b) { return a.squares < b.squares; });
}

}  // namespace trainyard::models

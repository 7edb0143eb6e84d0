#include "worker/models/ets/ets_search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace trainyard::models {
namespace {

constexpr double lambda_start = 1e-3;
constexpr double lambda_max = 1e8;

}  // namespace

EtsSearch::EtsSearch(std::span<const double> y, const EtsLayout& layout, std::stop_token stop)
    : recursion_(y, layout, std::move(stop)) {
  set_value(std::numeric_limits<double>::infinity());
}

bool EtsSearch::is_defined() const {
  return std::isfinite(value_);
}

void EtsSearch::set_value(double value) {
  value_ = value;
  // Below rounding error one perfect fit is as good as another, and the simplest one wins.
  const auto n = static_cast<double>(recursion_.y().size());
  deviance_ = n * std::log(std::max(value_, n * 1e-24));
}

void EtsSearch::set(std::vector<double> x) {
  x_ = std::move(x);
  set_value(recursion_.evaluate(x_));
  promise_ = 0.0;
}

void EtsSearch::start(std::vector<double> x) {
  x_ = std::move(x);
  lambda_ = lambda_start;
  look_around();
}

void EtsSearch::refine(int steps, double tolerance) {
  if (!is_defined()) return;
  look_around();
  advance(steps, tolerance);
}

void EtsSearch::look_around() {
  set_value(recursion_.differentiate(x_, curvature_));
  promise_ = 0.0;
  if (!is_defined() || value_ <= 0.0) return;
  const double fall = newton_.prepare(layout(), x_, curvature_);
  const auto n = static_cast<double>(recursion_.y().size());
  promise_ = -n * std::log1p(-std::min(fall / value_, 1.0 - 1e-12));
}

void EtsSearch::advance(int steps, double tolerance) {
  const auto n = static_cast<double>(recursion_.y().size());
  for (int i = 0; i < steps && promise_ > 0.0; ++i) {
    double value = std::numeric_limits<double>::infinity();
    for (; lambda_ < lambda_max; lambda_ *= 8.0) {
      newton_.step(layout(), x_, curvature_, lambda_, next_);
      value = recursion_.evaluate(next_);
      if (value < value_) break;
    }
    const double gain = value < value_ ? n * std::log(value_ / std::max(value, 1e-300)) : 0.0;
    if (gain > 0.0) {
      std::swap(x_, next_);
      set_value(value);
      lambda_ = std::max(lambda_ * 0.1, 1e-9);
    }
    // A short step gains little wherever it is taken: the model must promise little as well.
    if (gain <= 0.0 || (gain < tolerance && promise_ < 10.0 * tolerance)) {
      promise_ = 0.0;
      return;
    }
    look_around();
  }
}

}  // namespace trainyard::models

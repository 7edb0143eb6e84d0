#pragma once

#include <algorithm>
#include <cmath>

// One member of the family of local and global trends (Smyl, Bergmeir, Dokumentov, Long, Wibowo &
// Schmidt, Local and global trend Bayesian exponential smoothing models, International Journal of
// Forecasting 2025), between a linear and an exponential trend:
//
//   ŷ_{t+1} = l_t + (γ l_t^ρ + λ b_t) / α
//   l_t = α y_t + (1 − α) l_{t−1},   b_t = β (l_t − l_{t−1}) + (1 − β) b_{t−1}
//
// with errors of standard deviation σ l^τ. Division by α makes γ the growth per period and λ = 1 a
// local trend that lasts, because the level lags behind a trend by its (1 − α)/α.

namespace trainyard::models {

struct LgtShape {
  double alpha = 1.0;  // smoothing of the level, (0, 1]
  double beta = 1.0;   // smoothing of its change, (0, 1]
  double rho = 0.0;    // 0: global growth is constant, 1: in proportion to the level
  double tau = 0.0;    // 0: errors of one size, 1: in proportion to the level
};

struct LgtState {
  double level = 0.0;
  double slope = 0.0;
};

struct LgtPoint {
  LgtShape shape;
  double growth = 0.0;  // γ
  double local = 0.0;   // λ
  double error = 0.0;   // σ
  // Standard deviation of the change per period that comes of not knowing γ and λ better.
  double growth_error = 0.0;
  double weight = 0.0;  // its probability given the data
  LgtState now;         // after the last observation
};

// Levels at or below zero have no power.
inline double power_of(double level, double exponent) {
  if (exponent == 0.0) return 1.0;
  return std::pow(std::max(level, 1e-6), exponent);
}

inline double expected(const LgtPoint& point, const LgtState& state) {
  const double global = point.growth * power_of(state.level, point.shape.rho);
  return state.level + (global + point.local * state.slope) / point.shape.alpha;
}

inline void advance(const LgtShape& shape, LgtState& state, double y) {
  const double level = shape.alpha * y + (1.0 - shape.alpha) * state.level;
  state.slope = shape.beta * (level - state.level) + (1.0 - shape.beta) * state.slope;
  state.level = level;
}

}  // namespace trainyard::models

#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

// Local and seasonal global trend: the family of lgt/lgt_point.hpp with a season and heavy tails
// (Smyl, Bergmeir, Dokumentov, Long, Wibowo & Schmidt, Local and global trend Bayesian exponential
// smoothing models, International Journal of Forecasting 2025; joined into one model by Long,
// Schmidt, Bergmeir & Smyl, Fast Gibbs sampling for the local and global trend Bayesian exponential
// smoothing model, 2024):
//
//   y_{t+1} = (l_t + γ l_t^ρ + λ b_t) s_{t+1} + (σ l_t^τ + ξ) ε,   ε of Student's t with ν degrees
//   l_t = α y_t / s_t + (1 − α) l_{t−1},   b_t = β (l_t − l_{t−1}) + (1 − β) b_{t−1}
//   s_{t+m} = ζ y_t / l_t + (1 − ζ) s_t
//
// in units of the series' mean absolute value. Without a season, s is 1.

namespace trainyard::models {

struct LsgtState {
  double level = 1.0;
  double slope = 0.0;
};

struct LsgtParameters {
  double alpha = 0.5;
  double beta = 0.5;
  double zeta = 0.0;
  double growth = 0.0;       // γ
  double rho = 0.0;          // [-0.5, 1]
  double local = 0.0;        // λ, [-1, 1]
  double error = 0.0;        // σ
  double tau = 0.0;          // [0, 1]
  double least_error = 0.0;  // ξ
  double freedom = 20.0;     // ν, [2, 20]
  double first_slope = 0.0;
};

// One sample of the posterior with where its recursion stands after the last observation.
struct LsgtDraw {
  LsgtParameters parameters;
  LsgtState now;
  std::vector<double> season;  // by phase of the period, the next of each; empty without one
};

struct LsgtStep {
  double mean = 0.0;   // without the season
  double error = 0.0;  // scale of ε
};

// Levels near zero or below have the powers of a small one.
inline LsgtStep next_step(const LsgtParameters& p, const LsgtState& state) {
  constexpr double least_level = 1e-3;
  constexpr double least_error = 1e-6;
  const double log_level = std::log(std::max(state.level, least_level));
  return {.mean = state.level + p.growth * std::exp(p.rho * log_level) + p.local * state.slope,
          .error = p.error * std::exp(p.tau * log_level) + p.least_error + least_error};
}

// `adjusted` is y / s.
inline void advance(const LsgtParameters& p, LsgtState& state, double adjusted) {
  const double level = p.alpha * adjusted + (1.0 - p.alpha) * state.level;
  state.slope = p.beta * (level - state.level) + (1.0 - p.beta) * state.slope;
  state.level = level;
}

inline double next_season(const LsgtParameters& p, double season, double ratio) {
  constexpr double least = 1e-3;
  return std::max(least, p.zeta * ratio + (1.0 - p.zeta) * season);
}

// After the first observation, which is taken for the level.
inline LsgtState begin(const LsgtParameters& p, double y, double season) {
  return {.level = y / season, .slope = p.first_slope};
}

// The season of the period is renewed after the level.
inline void advance(LsgtDraw& draw, double y, std::size_t period) {
  if (draw.season.empty()) {
    advance(draw.parameters, draw.now, y);
    return;
  }
  double& season = draw.season[period % draw.season.size()];
  advance(draw.parameters, draw.now, y / season);
  if (draw.now.level > 0.0) season = next_season(draw.parameters, season, y / draw.now.level);
}

}  // namespace trainyard::models

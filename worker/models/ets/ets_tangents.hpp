#pragma once

#include "worker/models/ets/ets_machine.hpp"
#include "worker/models/ets/ets_parameters.hpp"
#include "worker/models/ets/ets_recursion.hpp"

#include <algorithm>
#include <vector>

namespace trainyard::models {

// Derivatives of the states, and the sums the Gauss–Newton matrix is made of.
template <EtsError E, EtsTrend T, EtsSeason S>
class EtsTangents {
  using M = EtsMachine<E, T, S>;

 public:
  EtsTangents(const EtsLayout& layout, std::vector<double>& memory, std::vector<double>& matrix)
      : layout_(layout), n_(layout.size()) {
    const int m = layout.season_length();
    memory.assign(static_cast<std::size_t>(n_) * (m + 2 + rows + 2), 0.0);
    level_ = memory.data();
    growth_ = level_ + n_;
    mean_log_ = growth_ + n_;
    cross_ = mean_log_ + n_;
    row_ = cross_ + n_;
    season_ = row_ + rows * n_;
    matrix.assign(static_cast<std::size_t>(n_) * n_, 0.0);
    matrix_ = matrix.data();
    level_[layout.level()] = 1.0;
    if constexpr (M::has_trend) growth_[layout.growth()] = 1.0;
    if constexpr (M::has_season)
      for (int i = 0; i + 1 < m; ++i) {
        season_[i * n_ + layout.first_season() + i] = 1.0;
        season_[(m - 1) * n_ + layout.first_season() + i] = -1.0;
      }
  }

  // `before` is the machine as it was when `step` was taken.
  void advance(double y, std::size_t j, const EtsStep& step, const EtsSmoothing& p,
               double growth_before) {
    double* __restrict l = level_;
    double* __restrict b = growth_;
    double* __restrict s = season_ + (M::has_season ? j : 0) * n_;
    double* __restrict r = row_ + filled_ * n_;
    if constexpr (T == EtsTrend::damped) {
      // φ scales the old growth: d(φ·b) = φ·db, and b itself for φ's own derivative.
      for (int k = 0; k < n_; ++k)
        b[k] *= p.phi;
      b[layout_.phi()] += growth_before;
    }
    const double e = y - step.forecast;
    const double relative_error = M::multiplicative_season ? e / step.underlying : e;
    const double inverse_season = M::multiplicative_season ? 1.0 / step.season : 1.0;
    const double inverse_level = M::multiplicative_season ? 1.0 / step.underlying : 1.0;
    const double to_row = M::relative ? -y / (step.forecast * step.forecast) : -1.0;
    const double to_log = M::relative ? 1.0 / step.forecast : 0.0;
    for (int k = 0; k < n_; ++k) {
      const double q = M::has_trend ? l[k] + b[k] : l[k];
      double f = q;
      if constexpr (M::additive_season) f += s[k];
      if constexpr (M::multiplicative_season) f = q * step.season + step.underlying * s[k];
      double shock = -f;
      if constexpr (M::multiplicative_season) shock = (-f - step.shock * s[k]) * inverse_season;
      if constexpr (M::additive_season) s[k] -= p.gamma * f;
      if constexpr (M::multiplicative_season)
        s[k] += p.gamma * (-f - relative_error * q) * inverse_level;
      l[k] = q + p.alpha * shock;
      if constexpr (M::has_trend) b[k] += p.beta * shock;
      r[k] = to_row * f;
      if constexpr (M::relative) {
        mean_log_[k] += to_log * f;
      }
    }
    for (int k = 0; k < n_; ++k)
      cross_[k] += step.innovation * r[k];
    own_derivatives(step, relative_error, p, l, b, s);
    if (++filled_ == rows) flush();
  }

  void flush() {
    for (int row = filled_; row < rows; ++row)
      std::fill_n(row_ + row * n_, n_, 0.0);
    const double* __restrict r0 = row_;
    const double* __restrict r1 = row_ + n_;
    const double* __restrict r2 = row_ + 2 * n_;
    const double* __restrict r3 = row_ + 3 * n_;
    for (int i = 0; i < n_; ++i) {
      double* __restrict out = matrix_ + i * n_;
      const double a0 = r0[i], a1 = r1[i], a2 = r2[i], a3 = r3[i];
      for (int k = 0; k <= i; ++k)
        out[k] += a0 * r0[k] + a1 * r1[k] + a2 * r2[k] + a3 * r3[k];
    }
    filled_ = 0;
  }

  // r = ε·g: from the sums over ∂ε to those over ∂r.
  void finish(double squares, double n, double g, EtsCurvature& result) {
    if (filled_ > 0) flush();
    result.gradient.assign(n_, 0.0);
    for (int i = 0; i < n_; ++i) {
      const double c_i = mean_log_[i] / n;
      result.gradient[i] = g * g * (cross_[i] + squares * c_i);
      for (int k = 0; k <= i; ++k) {
        const double c_k = mean_log_[k] / n;
        double& h = matrix_[i * n_ + k];
        h = g * g * (h + cross_[i] * c_k + c_i * cross_[k] + squares * c_i * c_k);
      }
    }
  }

 private:
  static constexpr int rows = 4;

  // What a smoothing parameter changes by being itself, not through the states.
  void own_derivatives(const EtsStep& step, double relative_error, const EtsSmoothing& p, double* l,
                       double* b, double* s) const {
    l[0] += step.shock;
    if constexpr (M::has_trend) {
      b[0] += p.beta / p.alpha * step.shock;
      b[layout_.beta_share()] += p.alpha * step.shock;
    }
    if constexpr (M::has_season) {
      s[0] -= p.gamma / (1.0 - p.alpha) * relative_error;
      s[layout_.gamma_share()] += (1.0 - p.alpha) * relative_error;
    }
  }

  const EtsLayout& layout_;
  int n_;
  int filled_ = 0;
  double* level_;
  double* growth_;
  double* mean_log_;
  double* cross_;
  double* row_;
  double* season_;
  double* matrix_;
};

}  // namespace trainyard::models

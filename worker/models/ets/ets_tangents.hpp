#pragma once

#include "worker/models/ets/ets_machine.hpp"
#include "worker/models/ets/ets_parameters.hpp"
#include "worker/models/numeric/wide_vectors.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace trainyard::models {

// Derivatives of the states by each parameter, carried along the recursion, and the sums the
// Gauss–Newton matrix is made of. Rows are padded to whole vectors; the padding stays 0.
template <EtsError E, EtsTrend T, EtsSeason S>
class EtsTangents {
  using M = EtsMachine<E, T, S>;

 public:
  EtsTangents(const EtsLayout& layout, const EtsSmoothing& p, std::vector<double>& memory)
      : layout_(layout), p_(p), size_(layout.size()), width_(padded(size_)) {
    const int m = layout.season_length();
    memory.assign(static_cast<std::size_t>(width_) * (m + 4 + rows + size_), 0.0);
    level_ = memory.data();
    growth_ = level_ + width_;
    mean_log_ = growth_ + width_;
    cross_ = mean_log_ + width_;
    row_ = cross_ + width_;
    season_ = row_ + rows * width_;
    matrix_ = season_ + m * width_;
    level_[layout.level()] = 1.0;
    if constexpr (M::has_trend) growth_[layout.growth()] = 1.0;
    if constexpr (M::has_season)
      for (int i = 0; i + 1 < m; ++i) {
        season_[i * width_ + layout.first_season() + i] = 1.0;
        season_[(m - 1) * width_ + layout.first_season() + i] = -1.0;
      }
  }

  TRAINYARD_INLINE void advance(double y, std::size_t j, const EtsStep& step) {
    double* __restrict l = level_;
    double* __restrict b = growth_;
    double* __restrict s = season_ + (M::has_season ? j : 0) * width_;
    double* __restrict f = row_ + filled_ * width_;
    const double relative_error =
        M::multiplicative_season ? step.shock * step.season / step.underlying : step.shock;
    const double inverse_season = M::multiplicative_season ? 1.0 / step.season : 1.0;
    const double inverse_underlying = M::multiplicative_season ? 1.0 / step.underlying : 1.0;
    const double inverse_level = M::multiplicative_trend ? 1.0 / step.level : 1.0;
    const double growth_shock = step.shock * inverse_level;
    const double carry = carry_slope(step);
    for (int k = 0; k < width_; ++k) {
      const double before = l[k];
      double carried = 0.0;
      double q = before;
      if constexpr (M::has_trend) {
        carried = carry * b[k];
        q = M::multiplicative_trend ? before * step.carried + step.level * carried
                                    : before + carried;
      }
      double forecast = q;
      if constexpr (M::additive_season) forecast += s[k];
      if constexpr (M::multiplicative_season) forecast = q * step.season + step.underlying * s[k];
      double shock = -forecast;
      if constexpr (M::multiplicative_season)
        shock = (-forecast - step.shock * s[k]) * inverse_season;
      if constexpr (M::additive_season) s[k] -= p_.gamma * forecast;
      if constexpr (M::multiplicative_season)
        s[k] += p_.gamma * (-forecast - relative_error * q) * inverse_underlying;
      l[k] = q + p_.alpha * shock;
      if constexpr (M::multiplicative_trend) {
        b[k] = carried + p_.beta * (shock - growth_shock * before) * inverse_level;
      } else if constexpr (M::has_trend) {
        b[k] = carried + p_.beta * shock;
      }
      f[k] = forecast;
    }
    if constexpr (M::damped)
      damping_derivative(step, inverse_season, inverse_underlying, inverse_level, relative_error, l,
                         b, s, f);
    own_derivatives(step, relative_error, growth_shock, l, b, s);
    // ∂ε = slope·∂f, and ∂ log f = ∂f / f.
    const double slope = M::relative ? -y / (step.forecast * step.forecast) : -1.0;
    slope_[filled_] = slope;
    cross_weight_[filled_] = step.innovation * slope;
    log_weight_[filled_] = M::relative ? 1.0 / step.forecast : 0.0;
    if (++filled_ == rows) flush();
  }

  // r = ε·g: from the sums over ∂ε to those over ∂r. `matrix` gets the lower triangle by rows.
  TRAINYARD_INLINE void finish(double squares, double n, double g, std::vector<double>& gradient,
                               std::vector<double>& matrix) {
    std::fill(row_ + filled_ * width_, row_ + rows * width_, 0.0);
    flush();
    gradient.resize(size_);
    matrix.resize(static_cast<std::size_t>(size_) * size_);
    for (int i = 0; i < size_; ++i) {
      const double c_i = mean_log_[i] / n;
      gradient[i] = g * g * (cross_[i] + squares * c_i);
      for (int k = 0; k <= i; ++k) {
        const double c_k = mean_log_[k] / n;
        matrix[i * size_ + k] =
            g * g *
            (matrix_[i * width_ + k] + cross_[i] * c_k + c_i * cross_[k] + squares * c_i * c_k);
      }
    }
  }

 private:
  static constexpr int rows = 4;
  static constexpr int vector = 4;

  TRAINYARD_INLINE static int padded(int size) { return (size + vector - 1) / vector * vector; }

  // ∂carried/∂growth.
  TRAINYARD_INLINE double carry_slope(const EtsStep& step) const {
    if constexpr (!M::damped) return 1.0;
    if constexpr (M::multiplicative_trend) return p_.phi * step.carried / step.growth;
    return p_.phi;
  }

  // φ changes the carried growth by being itself: what that adds to its own column of this step.
  TRAINYARD_INLINE void damping_derivative(const EtsStep& step, double inverse_season,
                                           double inverse_underlying, double inverse_level,
                                           double relative_error, double* l, double* b, double* s,
                                           double* f) const {
    const int k = layout_.phi();
    const double carried =
        M::multiplicative_trend ? step.carried * std::log(step.growth) : step.growth;
    const double q = M::multiplicative_trend ? step.level * carried : carried;
    const double forecast = M::multiplicative_season ? q * step.season : q;
    const double shock = -forecast * inverse_season;
    if constexpr (M::additive_season) s[k] -= p_.gamma * forecast;
    if constexpr (M::multiplicative_season)
      s[k] += p_.gamma * (-forecast - relative_error * q) * inverse_underlying;
    l[k] += q + p_.alpha * shock;
    b[k] += carried + p_.beta * shock * inverse_level;
    f[k] += forecast;
  }

  // What a smoothing parameter changes by being itself, not through the states.
  TRAINYARD_INLINE void own_derivatives(const EtsStep& step, double relative_error,
                                        double growth_shock, double* l, double* b,
                                        double* s) const {
    l[0] += step.shock;
    if constexpr (M::has_trend) {
      b[0] += p_.beta / p_.alpha * growth_shock;
      b[layout_.beta_share()] += p_.alpha * growth_shock;
    }
    if constexpr (M::has_season) {
      s[0] -= p_.gamma / (1.0 - p_.alpha) * relative_error;
      s[layout_.gamma_share()] += (1.0 - p_.alpha) * relative_error;
    }
  }

  TRAINYARD_INLINE void flush() {
    const double* __restrict r0 = row_;
    const double* __restrict r1 = row_ + width_;
    const double* __restrict r2 = row_ + 2 * width_;
    const double* __restrict r3 = row_ + 3 * width_;
    double* __restrict cross = cross_;
    double* __restrict mean_log = mean_log_;
    for (int k = 0; k < width_; ++k) {
      cross[k] += cross_weight_[0] * r0[k] + cross_weight_[1] * r1[k] + cross_weight_[2] * r2[k] +
                  cross_weight_[3] * r3[k];
      if constexpr (M::relative)
        mean_log[k] += log_weight_[0] * r0[k] + log_weight_[1] * r1[k] + log_weight_[2] * r2[k] +
                       log_weight_[3] * r3[k];
    }
    const auto square = [](double v) { return v * v; };
    const double w0 = square(slope_[0]), w1 = square(slope_[1]);
    const double w2 = square(slope_[2]), w3 = square(slope_[3]);
    for (int i = 0; i < size_; ++i) {
      double* __restrict out = matrix_ + i * width_;
      const double a0 = w0 * r0[i], a1 = w1 * r1[i], a2 = w2 * r2[i], a3 = w3 * r3[i];
      const int end = padded(i + 1);
      for (int k = 0; k < end; ++k)
        out[k] += a0 * r0[k] + a1 * r1[k] + a2 * r2[k] + a3 * r3[k];
    }
    filled_ = 0;
  }

  const EtsLayout& layout_;
  EtsSmoothing p_;
  int size_;
  int width_;
  int filled_ = 0;
  double slope_[rows] = {};
  double cross_weight_[rows] = {};
  double log_weight_[rows] = {};
  double* level_;
  double* growth_;
  double* mean_log_;
  double* cross_;
  double* row_;  // ∂f of the last observations
  double* season_;
  double* matrix_;
};

}  // namespace trainyard::models

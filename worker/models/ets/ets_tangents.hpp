#pragma once

#include "worker/models/ets/ets_machine.hpp"
#include "worker/models/ets/ets_normal_sums.hpp"
#include "worker/models/ets/ets_parameters.hpp"
#include "worker/models/numeric/wide_vectors.hpp"

#include <cmath>
#include <vector>

namespace trainyard::models {

// Derivatives of the states and of each forecast by each parameter, carried along the recursion,
// one padded row each.
template <EtsError E, EtsTrend T, EtsSeason S>
class EtsTangents {
  using M = EtsMachine<E, T, S>;

 public:
  EtsTangents(const EtsLayout& layout, const EtsSmoothing& p, std::vector<double>& memory)
      : layout_(layout),
        p_(p),
        width_(EtsNormalSums::padded(layout.size())),
        sums_(layout.size(), zeros(layout, memory)) {
    const int m = layout.season_length();
    level_ = memory.data() + EtsNormalSums::memory_needed(layout.size());
    growth_ = level_ + width_;
    season_ = growth_ + width_;
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
    double* __restrict f = sums_.row();
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
    sums_.add({.innovation = step.innovation,
               .slope = M::relative ? -y / (step.forecast * step.forecast) : -1.0,
               .inverse = M::relative ? 1.0 / step.forecast : 0.0});
  }

  EtsNormalSums& sums() { return sums_; }

 private:
  static double* zeros(const EtsLayout& layout, std::vector<double>& memory) {
    const int states = 2 + layout.season_length();
    memory.assign(EtsNormalSums::memory_needed(layout.size()) +
                      static_cast<std::size_t>(states) * EtsNormalSums::padded(layout.size()),
                  0.0);
    return memory.data();
  }

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

  const EtsLayout& layout_;
  EtsSmoothing p_;
  int width_;
  EtsNormalSums sums_;
  double* level_;
  double* growth_;
  double* season_;
};

}  // namespace trainyard::models

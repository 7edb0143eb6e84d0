#pragma once

#include "worker/models/ets/ets_form.hpp"
#include "worker/models/numeric/wide_vectors.hpp"

#include <cmath>
#include <cstddef>

// The innovations recursion of one form as a type, so that each form's inner loop is compiled for
// it alone.

namespace trainyard::models {

struct EtsStep {
  double level;       // before the observation
  double growth;      // before the observation
  double carried;     // growth after damping: φ·b, or b^φ
  double underlying;  // q: level and growth without season
  double season;
  double forecast;
  double shock;       // what the level sees of the error
  double innovation;  // ε
};

template <EtsError E, EtsTrend T, EtsSeason S>
struct EtsMachine {
  EtsSmoothing p;
  double level;
  double growth;
  double* season;  // m states, by t mod m

  static constexpr bool has_trend = T != EtsTrend::none;
  static constexpr bool multiplicative_trend = multiplies(T);
  static constexpr bool damped = damps(T);
  static constexpr bool additive_season = S == EtsSeason::additive;
  static constexpr bool multiplicative_season = S == EtsSeason::multiplicative;
  static constexpr bool has_season = S != EtsSeason::none;
  static constexpr bool relative = E == EtsError::multiplicative;

  // Of the scaled series: what is closer to 0 is not divided by.
  static constexpr double tiny = 1e-12;

  // Fills all of `step` but what the observation decides. False where the form is not defined: a
  // divisor that is not positive.
  TRAINYARD_INLINE bool expect(std::size_t j, EtsStep& step) const {
    step.level = level;
    step.growth = growth;
    step.underlying = level;
    if constexpr (multiplicative_trend) {
      if (!(level > tiny && growth > tiny)) return false;
      step.carried = damped ? std::pow(growth, p.phi) : growth;
      step.underlying = level * step.carried;
    } else if constexpr (has_trend) {
      step.carried = damped ? p.phi * growth : growth;
      step.underlying = level + step.carried;
    }
    step.season = has_season ? season[j] : 0.0;
    step.forecast = step.underlying;
    if constexpr (additive_season) step.forecast += step.season;
    if constexpr (multiplicative_season) {
      step.forecast *= step.season;
      if (!(step.season > tiny && step.underlying > tiny)) return false;
    }
    return !relative || step.forecast > tiny;
  }

  TRAINYARD_INLINE void absorb(double y, std::size_t j, EtsStep& step) {
    const double e = y - step.forecast;
    step.shock = multiplicative_season ? e / step.season : e;
    step.innovation = relative ? e / step.forecast : e;
    level = step.underlying + p.alpha * step.shock;
    if constexpr (multiplicative_trend) {
      growth = step.carried + p.beta * step.shock / step.level;
    } else if constexpr (has_trend) {
      growth = step.carried + p.beta * step.shock;
    }
    if constexpr (additive_season) season[j] = step.season + p.gamma * e;
    if constexpr (multiplicative_season) season[j] = step.season + p.gamma * e / step.underlying;
  }

  TRAINYARD_INLINE bool advance(double y, std::size_t j, EtsStep& step) {
    if (!expect(j, step)) return false;
    absorb(y, j, step);
    return true;
  }
};

// Calls `body` with the form's parts as template arguments.
template <class Body>
auto with_ets_form(const EtsForm& form, Body body) {
  const auto with_season = [&]<EtsError E, EtsTrend T>() {
    switch (form.season) {
      case EtsSeason::none:
        return body.template operator()<E, T, EtsSeason::none>();
      case EtsSeason::additive:
        return body.template operator()<E, T, EtsSeason::additive>();
      case EtsSeason::multiplicative:
        break;
    }
    return body.template operator()<E, T, EtsSeason::multiplicative>();
  };
  const auto with_trend = [&]<EtsError E>() {
    switch (form.trend) {
      case EtsTrend::none:
        return with_season.template operator()<E, EtsTrend::none>();
      case EtsTrend::additive:
        return with_season.template operator()<E, EtsTrend::additive>();
      case EtsTrend::damped:
        return with_season.template operator()<E, EtsTrend::damped>();
      case EtsTrend::multiplicative:
        return with_season.template operator()<E, EtsTrend::multiplicative>();
      case EtsTrend::multiplicative_damped:
        break;
    }
    return with_season.template operator()<E, EtsTrend::multiplicative_damped>();
  };
  if (form.error == EtsError::additive) return with_trend.template operator()<EtsError::additive>();
  return with_trend.template operator()<EtsError::multiplicative>();
}

}  // namespace trainyard::models

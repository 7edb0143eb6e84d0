#pragma once

#include "worker/models/ets/ets_form.hpp"

#include <cstddef>

// The innovations recursion of one form as a type, so that each form's inner loop is compiled for
// it alone. For ets_recursion.cpp.

namespace trainyard::models {

struct EtsStep {
  double growth;      // φ·b before the observation
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
  static constexpr bool additive_season = S == EtsSeason::additive;
  static constexpr bool multiplicative_season = S == EtsSeason::multiplicative;
  static constexpr bool has_season = S != EtsSeason::none;
  static constexpr bool relative = E == EtsError::multiplicative;

  // Of the scaled series: what is closer to 0 is not divided by.
  static constexpr double tiny = 1e-12;

  // False where the form is not defined: a divisor that is not positive.
  bool advance(double y, std::size_t j, EtsStep& step) {
    step.growth = has_trend ? p.phi * growth : 0.0;
    step.underlying = level + step.growth;
    step.season = has_season ? season[j] : 0.0;
    step.forecast = step.underlying;
    if constexpr (additive_season) step.forecast += step.season;
    if constexpr (multiplicative_season) {
      step.forecast *= step.season;
      if (!(step.season > tiny && step.underlying > tiny)) return false;
    }
    if constexpr (relative)
      if (!(step.forecast > tiny)) return false;
    const double e = y - step.forecast;
    step.shock = multiplicative_season ? e / step.season : e;
    step.innovation = relative ? e / step.forecast : e;
    level = step.underlying + p.alpha * step.shock;
    if constexpr (has_trend) growth = step.growth + p.beta * step.shock;
    if constexpr (additive_season) season[j] = step.season + p.gamma * e;
    if constexpr (multiplicative_season) season[j] = step.season + p.gamma * e / step.underlying;
    return true;
  }
};

// Calls `body` with the machine of the layout's form, as a type.
template <class Body>
auto with_ets_machine(const EtsForm& form, Body body) {
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
        break;
    }
    return with_season.template operator()<E, EtsTrend::damped>();
  };
  if (form.error == EtsError::additive) return with_trend.template operator()<EtsError::additive>();
  return with_trend.template operator()<EtsError::multiplicative>();
}

}  // namespace trainyard::models

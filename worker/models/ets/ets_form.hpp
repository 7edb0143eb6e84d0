#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Names and numbers of exponential smoothing in state space form: Hyndman, Koehler, Ord & Snyder,
// Forecasting with Exponential Smoothing (Springer 2008), chapters 2 to 6.

namespace trainyard::models {

enum class EtsError { additive, multiplicative };
enum class EtsTrend { none, additive, damped, multiplicative, multiplicative_damped };
enum class EtsSeason { none, additive, multiplicative };

constexpr bool multiplies(EtsTrend trend) {
  return trend == EtsTrend::multiplicative || trend == EtsTrend::multiplicative_damped;
}
constexpr bool damps(EtsTrend trend) {
  return trend == EtsTrend::damped || trend == EtsTrend::multiplicative_damped;
}

struct EtsForm {
  EtsError error = EtsError::additive;
  EtsTrend trend = EtsTrend::none;
  EtsSeason season = EtsSeason::none;
  bool operator==(const EtsForm&) const = default;

  bool has_trend() const { return trend != EtsTrend::none; }
  bool has_season() const { return season != EtsSeason::none; }
  bool is_damped() const { return damps(trend); }
  // Some part divides by a state or a forecast.
  bool needs_positive() const {
    return error == EtsError::multiplicative || multiplies(trend) ||
           season == EtsSeason::multiplicative;
  }
};

// What is left when a form lacks a part: no trend is growth 0, no season is a season of 0.
struct EtsSmoothing {
  double alpha = 0.0;  // of the level, in (0, 1)
  double beta = 0.0;   // of the growth, in (0, alpha)
  double gamma = 0.0;  // of the season, in (0, 1 − alpha)
  double phi = 1.0;    // damping, in [0.8, 0.98]
};

struct EtsState {
  double level = 0.0;
  double growth = 0.0;              // change of the level per period: its difference, or its factor
  std::vector<double> season = {};  // of the next period, the one after, …: one season long
};

// "ETS(M,Ad,A)".
std::string to_string(const EtsForm& form);
// "MAdA", and back; nullopt for what is no form.
std::string short_name(const EtsForm& form);
std::optional<EtsForm> parse_form(std::string_view short_name);

// All 30, ordered from few parameters to many.
std::vector<EtsForm> all_forms();

}  // namespace trainyard::models

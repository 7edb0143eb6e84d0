#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

// Complex Exponential Smoothing of Svetunkov, Kourentzes & Ord (Complex exponential smoothing,
// 2022). A level ℓ and its information potential c, which stands for what the level does not say,
// smooth each other by the two parts of a complex parameter α0 + i·α1:
//
//   y_t = ℓ_{t−k} + s_{t−m} + ε_t
//   ℓ_t = ℓ_{t−k} − (1 − α1) c_{t−k} + (α0 − α1) ε_t
//   c_t = ℓ_{t−k} + (1 − α0) c_{t−k} + (α0 + α1) ε_t
//
// N has k = 1 and no s, S has k = m and no s. P has k = 1 and s_t = s_{t−m} + β0 ε_t. In F the
// season s has a potential of its own and moves like the level, with β, at lag m.

namespace trainyard::models {

enum class CesForm { none, simple, partial, full };
inline constexpr std::array<std::string_view, 4> ces_form_names{"N", "S", "P", "F"};

// Value is a number, or an array of numbers that are computed side by side.
template <class Value>
struct CesParameters {
  Value alpha0;
  Value alpha1;
  Value beta0;  // P and F
  Value beta1;  // F
};

// What a level and its potential are multiplied by.
template <class Value>
struct CesPairGains {
  CesPairGains(const Value& real, const Value& imaginary)
      : potential_to_level(imaginary - 1.0),
        error_to_level(real - imaginary),
        potential_kept(1.0 - real),
        error_to_potential(real + imaginary) {}

  Value potential_to_level;
  Value error_to_level;
  Value potential_kept;
  Value error_to_potential;
};

template <class Value>
struct CesGains {
  explicit CesGains(const CesParameters<Value>& parameters)
      : level(parameters.alpha0, parameters.alpha1),
        season(parameters.beta0, parameters.beta1),
        partial(parameters.beta0) {}

  CesPairGains<Value> level;
  CesPairGains<Value> season;  // F
  Value partial;               // P
};

// One slot per lag: the states that the period of this slot will be forecast from.
template <class Value>
struct CesState {
  std::vector<Value> level;
  std::vector<Value> potential;
  std::vector<Value> season;            // empty in N and S
  std::vector<Value> season_potential;  // F alone

  // The largest lag: how many slots there are.
  std::size_t slots() const { return season.empty() ? level.size() : season.size(); }
  std::size_t level_slot(std::size_t slot) const { return level.size() == 1 ? 0 : slot; }

  Value expected(std::size_t slot) const {
    const Value& from_level = level[level_slot(slot)];
    if (season.empty()) return from_level;
    return from_level + season[slot];
  }

  void absorb(const CesGains<Value>& gains, const Value& error, std::size_t slot) {
    absorb_level(gains, error, level_slot(slot));
    if (!season.empty()) absorb_season(gains, error, slot);
  }
  void absorb_level(const CesGains<Value>& gains, const Value& error, std::size_t slot) {
    move(level[slot], potential[slot], gains.level, error);
  }
  void absorb_season(const CesGains<Value>& gains, const Value& error, std::size_t slot) {
    if (season_potential.empty())
      season[slot] += gains.partial * error;
    else
      move(season[slot], season_potential[slot], gains.season, error);
  }

 private:
  static void move(Value& real, Value& imaginary, const CesPairGains<Value>& gains,
                   const Value& error) {
    const Value before = real;
    const Value potential_before = imaginary;
    real = before + gains.error_to_level * error + gains.potential_to_level * potential_before;
    imaginary = before + gains.error_to_potential * error + gains.potential_kept * potential_before;
  }
};

}  // namespace trainyard::models

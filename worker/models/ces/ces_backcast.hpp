#pragma once

#include "worker/models/ces/ces_state.hpp"

#include <span>
#include <stop_token>

// Passes over a series, for CesState of numbers as of arrays. Of no use when stopped early.

namespace trainyard::models {

inline constexpr std::size_t ces_stop_mask = 0xffff;  // periods between looks at the stop token

// Forward over y from its first period; `with_error` sees each error in turn.
template <class Value, class WithError>
void ces_forward(std::span<const double> y, CesState<Value>& state, const CesGains<Value>& gains,
                 WithError with_error, const std::stop_token& stop = {}) {
  const std::size_t slots = state.slots();
  std::size_t slot = 0;
  for (std::size_t t = 0; t < y.size(); ++t) {
    if ((t & ces_stop_mask) == ces_stop_mask && stop.stop_requested()) return;
    const Value error = y[t] - state.expected(slot);
    with_error(error);
    state.absorb(gains, error, slot);
    if (++slot == slots) slot = 0;
  }
}

// Turns a state that stands at one end of the series into one that goes back from there: each slot
// takes one step without an error.
template <class Value>
void ces_turn(CesState<Value>& state, const CesGains<Value>& gains) {
  const Value none = state.level.front() * 0.0;
  for (std::size_t k = 0; k < state.level.size(); ++k)
    state.absorb_level(gains, none, k);
  for (std::size_t slot = 0; slot < state.season.size(); ++slot)
    state.absorb_season(gains, none, slot);
}

// The initial state: forward from the rough one, and backward to the first period again.
template <class Value>
void ces_backcast(std::span<const double> y, CesState<Value>& state, const CesGains<Value>& gains,
                  const std::stop_token& stop = {}) {
  const std::size_t slots = state.slots();
  ces_forward(y, state, gains, [](const Value&) {}, stop);
  ces_turn(state, gains);
  for (std::size_t t = y.size(); t-- > 0;) {
    if ((t & ces_stop_mask) == ces_stop_mask && stop.stop_requested()) return;
    const Value error = y[t] - state.expected(t % slots);
    state.absorb(gains, error, t % slots);
  }
  ces_turn(state, gains);
}

}  // namespace trainyard::models

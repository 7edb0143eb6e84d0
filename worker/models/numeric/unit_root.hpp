#pragma once

#include <span>
#include <stop_token>

// Tests for whether a series has to be differenced.

namespace trainyard::models {

// Whether the values differ by no more than rounding error, in a series of order one.
bool is_level(std::span<const double> y);

// Kwiatkowski, Phillips, Schmidt & Shin (1992) at 5 %: whether a constant level is refused. Lags of
// the long-run variance are trunc(3√n/13). O(n√n); of no use when stopped early.
bool kpss_refuses_level(std::span<const double> y, const std::stop_token& stop = {});

// Dickey & Fuller's test with a constant and one past change, at 5 %: whether a unit root cannot be
// refused. False when there are too few observations, or they are too regular, to tell.
bool adf_accepts_unit_root(std::span<const double> y);

}  // namespace trainyard::models

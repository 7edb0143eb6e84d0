#pragma once

#include "worker/models/arima/arima_coefficients.hpp"

#include <span>

// The polynomials of a model applied to a series in place, in a few operations per value: the two
// factors one after the other, with zeros before the first value.

namespace trainyard::models {

// x ← φ(B)x, for 1 − Σ φ_j B^{lag·j}.
void apply_ar(std::span<double> x, std::span<const double> phi, int lag);

// x ← θ(B)^{-1} x, for 1 + Σ θ_j B^{lag·j}.
void invert_ma(std::span<double> x, std::span<const double> theta, int lag);

void apply_ar(std::span<double> x, const ArimaForm& form, const ArimaCoefficients& c);
void invert_ma(std::span<double> x, const ArimaForm& form, const ArimaCoefficients& c);

}  // namespace trainyard::models

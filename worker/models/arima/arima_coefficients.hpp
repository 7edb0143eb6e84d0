#pragma once

#include "worker/models/arima/arima_form.hpp"

#include <span>
#include <vector>

// The coefficients of a form, and the same as free numbers to search over. Stationary and
// invertible whatever the free numbers are, because each is a partial autocorrelation in disguise:
// Jones, Maximum likelihood fitting of ARMA models to time series with missing observations (1980).

namespace trainyard::models {

// In this order: φ, Φ, θ, Θ.
struct ArimaCoefficients {
  std::span<const double> ar;
  std::span<const double> seasonal_ar;
  std::span<const double> ma;
  std::span<const double> seasonal_ma;

  ArimaCoefficients(const ArimaForm& form, std::span<const double> values);
};

// form.coefficients() free numbers become as many coefficients.
void constrain(const ArimaForm& form, std::span<const double> free, std::span<double> values);

// The inverse. Coefficients on or past the boundary are first drawn inside.
std::vector<double> unconstrain(const ArimaForm& form, std::span<const double> values);

// Whether every root of φ(z), Φ(z), θ(z) and Θ(z) is further from 0 than `radius`.
bool has_roots_outside(const ArimaForm& form, std::span<const double> values, double radius);

// One term of a polynomial in B.
struct ArimaTerm {
  int lag;
  double weight;
};

// φ(B)Φ(B^m) as the weights of past values that predict: 1 − Σ weight·B^lag; θ(B)Θ(B^m) as
// 1 + Σ weight·B^lag. By lag, those of no season first.
std::vector<ArimaTerm> ar_terms(const ArimaForm& form, const ArimaCoefficients& c);
std::vector<ArimaTerm> ma_terms(const ArimaForm& form, const ArimaCoefficients& c);

}  // namespace trainyard::models

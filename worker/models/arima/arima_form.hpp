#pragma once

#include <algorithm>
#include <string>

// The orders of a seasonal ARIMA model with regressors: Box & Jenkins, Time Series Analysis (1970).
//
//   φ(B) Φ(B^m) (1 − B)^d (1 − B^m)^D (y_t − x_t'β) = θ(B) Θ(B^m) e_t,   e_t ~ N(0, σ²)
//
// with φ(B) = 1 − φ_1 B − …, θ(B) = 1 + θ_1 B + …; x holds the mean, the drift and the covariates.

namespace trainyard::models {

struct ArimaForm {
  int p = 0;
  int d = 0;
  int q = 0;
  int seasonal_p = 0;  // P
  int seasonal_d = 0;  // D
  int seasonal_q = 0;  // Q
  int season = 1;      // m, 1 = no season
  bool mean = false;   // a regressor of ones
  bool drift = false;  // a regressor of 1, 2, 3, …

  bool operator==(const ArimaForm&) const = default;

  int coefficients() const { return p + seasonal_p + q + seasonal_q; }
  int ar_degree() const { return p + season * seasonal_p; }
  int ma_degree() const { return q + season * seasonal_q; }
  // What the past tells about the future fits into so many numbers.
  int state_size() const { return std::max(ar_degree(), ma_degree()); }
  // Observations that differencing uses up.
  int lost() const { return d + season * seasonal_d; }
  bool has_constant() const { return mean || drift; }
};

// "ARIMA(1,1,2)(0,1,1)[12] with drift"; "Regression with …" when there are covariates.
std::string describe(const ArimaForm& form, std::size_t covariates);

}  // namespace trainyard::models

#pragma once

#include "worker/models/arima/arima_coefficients.hpp"

#include <span>
#include <vector>

// What is known of a stationary ARMA process before it is observed. Its state in innovations form,
//
//   w_t = x_t(1) + e_t,   x_{t+1}(i) = x_t(i+1) + f_i x_t(1) + g_i e_t,   f = φ, g = φ + θ,
//
// with φ and θ the products of the plain and the seasonal factors, has a covariance P that solves
// P(i,k) = P(i+1,k+1) + f_i P(1,k+1) + f_k P(1,i+1) + f_i f_k P(1,1) + g_i g_k, in units of σ².
// So its first row says it all.

namespace trainyard::models {

// Vectors of `size` values.
struct ArimaPrior {
  std::vector<double> f;
  std::vector<double> g;
  std::vector<double> row;  // P(1, ·)
};

// Memory that is kept from call to call.
struct ArimaPriorWork {
  std::vector<double> predictors;
  std::vector<double> autocovariances;
  std::vector<double> crosses;
  std::vector<double> responses;
};

// The first row from the autocovariances, which Levinson's recursion gives in O(degree²).
void arima_prior(const ArimaForm& form, std::span<const double> coefficients, ArimaPrior& prior,
                 ArimaPriorWork& work);

// P, which is symmetric: `prior.f.size()` squared.
void arima_prior_covariance(const ArimaPrior& prior, std::span<double> covariance);

// The gradient of Σ weights·P by the three vectors: `weights` belongs to the first `size` rows and
// columns of P, and is symmetric.
ArimaPrior arima_prior_gradient(const ArimaPrior& prior, std::span<const double> weights,
                                std::size_t size);

}  // namespace trainyard::models

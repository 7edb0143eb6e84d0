#pragma once

#include "worker/models/arima/arima_coefficients.hpp"

#include <memory>
#include <span>
#include <vector>

// The Gaussian likelihood of an ARMA model with regressors, as a function of the free numbers of
// arima_coefficients.hpp. σ² and the regression are solved for at each point.
//
// With x the state before the first observation (arima_covariance.hpp) and zeros in its place, the
// filter φΦ/θΘ gives errors e0, and e = e0 − Πx with Π the responses π of 1/θΘ, shifted one row per
// column. So e0 ~ N(0, σ²(I + ΠPΠ')), and with the Toeplitz-like G = Π'Π, b = Π'e0 of no more than
// the state's size
//
//   log|I + ΠPΠ'| = log|I + PG|,   e0'(I + ΠPΠ')^{-1}e0 = e0'e0 − b'(I + PG)^{-1}Pb
//
// (the determinant and inversion lemmas). b and the first row of G are filters run backwards, so an
// evaluation costs O(n·(p + P + q + Q) + state³) whatever the season. The gradient is that of S by
// filters and of the determinant by matrix calculus; only vectors of the state's size are
// differenced.

namespace trainyard::models {

// The differenced series, and the differenced regressors, as long as it.
struct ArimaSample {
  std::vector<double> w;
  std::vector<std::vector<double>> regressors;
};

// About one point; `value` is what ArimaLikelihood::evaluate() gives there.
struct ArimaSlope {
  double value = 0.0;
  std::vector<double> gradient;
  std::vector<double> curvature;  // Gauss-Newton's matrix, column by column
};

struct ArimaSolution {
  std::vector<double> regression;  // β
  double squares = 0.0;            // S; 0 where there is nothing but rounding error
  double log_likelihood = 0.0;
};

// Not for use by two threads at once: evaluations share scratch memory. The sample must outlive it
// and have more values than regressors.
class ArimaLikelihood {
 public:
  ArimaLikelihood(const ArimaSample& sample, const ArimaForm& form, std::stop_token stop = {});
  ~ArimaLikelihood();
  ArimaLikelihood(ArimaLikelihood&&) noexcept;
  ArimaLikelihood& operator=(ArimaLikelihood&&) noexcept;

  // −log likelihood without its constants, n/2·log(S/n) + ½·log|…|; infinity where it cannot be
  // computed, or was stopped.
  double evaluate(std::span<const double> free);
  void differentiate(std::span<const double> free, ArimaSlope& slope);
  ArimaSolution solve(std::span<const double> free);

 private:
  class Workspace;
  std::unique_ptr<Workspace> work_;
};

}  // namespace trainyard::models

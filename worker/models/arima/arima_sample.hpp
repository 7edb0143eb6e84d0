#pragma once

#include "worker/models/arima/arima_likelihood.hpp"

#include <span>
#include <vector>

// From a series and its covariates to what the likelihood sees.

namespace trainyard::models {

// y, and covariates of its length: all of order one.
struct ArimaData {
  std::span<const double> y;
  std::vector<std::vector<double>> covariates;
};

// (1 − B)^d (1 − B^m)^D x, shorter by d + mD.
std::vector<double> differenced(std::span<const double> x, int d, int seasonal_d, int season);

// The weights of past values that undo it: (1 − B)^d (1 − B^m)^D = 1 − Σ weights[j] B^{j+1}.
std::vector<double> integration_weights(const ArimaForm& form);

// The regressors are the mean, the drift and those covariates which are no combination of the ones
// before them after differencing; `kept` gets the indices of these.
ArimaSample make_sample(const ArimaData& data, const ArimaForm& form, std::vector<int>& kept);

// y without what the covariates explain by least squares beside a constant; y itself without any.
std::vector<double> without_covariates(const ArimaData& data);

}  // namespace trainyard::models

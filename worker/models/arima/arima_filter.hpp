#pragma once

#include "worker/models/arima/arima_form.hpp"

#include <span>
#include <vector>

// The Kalman filter of an ARIMA model in innovations form (arima_covariance.hpp). Once the state is
// known for certain it is the plain recursion.

namespace trainyard::models {

// What the filter remembers, in units of the series; the covariance in units of σ².
struct ArimaState {
  std::vector<double> past;        // the last d + mD values, oldest first
  std::vector<double> mean;        // of x, state_size() values
  std::vector<double> covariance;  // of x, as many squared; empty when it is 0
};

// Mean and variance (in σ²) of the values to come.
struct ArimaOutlook {
  std::vector<double> mean;
  std::vector<double> variance;
};

// One series y − x'β, value by value.
class ArimaFilter {
 public:
  // Before the first value.
  ArimaFilter(const ArimaForm& form, std::span<const double> coefficients);
  ArimaFilter(const ArimaForm& form, std::span<const double> coefficients, ArimaState state);

  // Whether d + mD values have been seen, without which there is nothing to expect.
  bool is_ready() const;
  double expected() const;
  void advance(double value);
  ArimaOutlook outlook(int horizon) const;

  const ArimaState& state() const { return state_; }

 private:
  double integrated() const;  // what the past values alone lead to expect
  void remember(double value);
  void update_covariance(double& variance, std::vector<double>& gain);
  std::vector<double> responses(std::vector<double> state, double first, int count) const;

  ArimaForm form_;
  std::vector<double> weights_;  // of past values
  std::vector<double> f_;
  std::vector<double> g_;
  ArimaState state_;
};

}  // namespace trainyard::models

#include "worker/models/arima/arima_filters.hpp"

namespace trainyard::models {

void apply_ar(std::span<double> x, std::span<const double> phi, int lag) {
  const std::size_t n = x.size();
  const std::size_t reach = phi.size() * lag;
  for (std::size_t t = n; t-- > 0;) {
    double value = x[t];
    const std::size_t terms = t >= reach ? phi.size() : t / lag;
    for (std::size_t j = 0; j < terms; ++j)
      value -= phi[j] * x[t - (j + 1) * lag];
    x[t] = value;
  }
}

void invert_ma(std::span<double> x, std::span<const double> theta, int lag) {
  const std::size_t reach = theta.size() * lag;
  for (std::size_t t = lag; t < x.size(); ++t) {
    double value = x[t];
    // The newest value last: it is the one that the processor has to wait for.
    for (std::size_t j = t >= reach ? theta.size() : t / lag; j-- > 0;)
      value -= theta[j] * x[t - (j + 1) * lag];
    x[t] = value;
  }
}

void apply_ar(std::span<double> x, const ArimaForm& form, const ArimaCoefficients& c) {
  if (!c.ar.empty()) apply_ar(x, c.ar, 1);
  if (!c.seasonal_ar.empty()) apply_ar(x, c.seasonal_ar, form.season);
}

void invert_ma(std::span<double> x, const ArimaForm& form, const ArimaCoefficients& c) {
  if (!c.ma.empty()) invert_ma(x, c.ma, 1);
  if (!c.seasonal_ma.empty()) invert_ma(x, c.seasonal_ma, form.season);
}

}  // namespace trainyard::models

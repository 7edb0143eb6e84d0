#include "worker/models/arima/arima_start.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <Eigen/QR>

#include <cmath>

namespace trainyard::models {
namespace {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;
using Eigen::Index;

Vector without_regressors(const ArimaSample& sample) {
  const auto rows = static_cast<Index>(sample.w.size());
  Vector w = Eigen::Map<const Vector>(sample.w.data(), rows);
  if (sample.regressors.empty()) return w;
  Matrix x(rows, static_cast<Index>(sample.regressors.size()));
  for (Index j = 0; j < x.cols(); ++j)
    x.col(j) = Eigen::Map<const Vector>(sample.regressors[j].data(), rows);
  return w - x * (x.transpose() * x).ldlt().solve(x.transpose() * w);
}

// Errors of the autoregression of an order that Levinson's recursion finds from autocovariances.
Vector autoregressive_errors(const Vector& w, Index order, const std::stop_token& stop) {
  const Index n = w.size();
  Vector gamma = Vector::Zero(order + 1);
  for (Index k = 0; k <= order && !stop.stop_requested(); ++k)
    gamma[k] = w.tail(n - k).dot(w.head(n - k));
  Vector a = Vector::Zero(order);
  double variance = gamma[0];
  for (Index k = 0; k < order && variance > 0.0; ++k) {
    double r = gamma[k + 1];
    for (Index j = 0; j < k; ++j)
      r -= a[j] * gamma[k - j];
    r /= variance;
    const Vector before = a.head(k);
    for (Index j = 0; j < k; ++j)
      a[j] -= r * before[k - 1 - j];
    a[k] = r;
    variance *= 1.0 - r * r;
  }
  Vector e = w;
  for (Index j = 0; j < order && !stop.stop_requested(); ++j)
    e.tail(n - j - 1) -= a[j] * w.head(n - j - 1);
  return e;
}

}  // namespace

std::vector<double> arima_start(const ArimaSample& sample, const ArimaForm& form,
                                const std::stop_token& stop) {
  const auto n = static_cast<Index>(sample.w.size());
  const Index columns = form.coefficients();
  const Index reach = form.state_size();
  const std::vector<double> nothing(form.coefficients(), 0.0);
  if (columns == 0 || n < reach + columns + 3) return nothing;
  if (stop.stop_requested()) return nothing;
  const Vector w = without_regressors(sample);
  const auto order =
      std::min<Index>(n / 3, static_cast<Index>(std::log(n) * 1.5) + form.p + form.q +
                                 (form.ma_degree() > form.q ? form.season : 0));
  const Vector e = autoregressive_errors(w, order, stop);
  if (stop.stop_requested()) return nothing;

  const Index first = std::min<Index>(reach, n / 2);
  Matrix x = Matrix::Zero(n - first, columns);
  Index j = 0;
  const auto add = [&](const Vector& from, int count, int lag) {
    for (int i = 1; i <= count; ++i, ++j)
      if (const Index shift = static_cast<Index>(i) * lag; shift <= first)
        x.col(j) = from.segment(first - shift, n - first);
  };
  add(w, form.p, 1);
  add(w, form.seasonal_p, form.season);
  add(e, form.q, 1);
  add(e, form.seasonal_q, form.season);
  Matrix normal = x.transpose() * x;
  normal.diagonal().array() += 1e-6 * normal.diagonal().maxCoeff() + 1e-300;
  const Vector b = normal.ldlt().solve(x.transpose() * w.tail(n - first));
  if (!b.allFinite()) return nothing;
  return unconstrain(form, {b.data(), static_cast<std::size_t>(columns)});
}

}  // namespace trainyard::models

#include "worker/models/arima/arima_sample.hpp"

#include <Eigen/Core>
#include <Eigen/QR>

#include <algorithm>
#include <numeric>

namespace trainyard::models {
namespace {

using Vector = Eigen::VectorXd;

// Gram and Schmidt's basis of the columns taken so far.
class Basis {
 public:
  // False, and no change, when the column adds no direction of its own.
  bool add(std::span<const double> values) {
    Vector column =
        Eigen::Map<const Vector>(values.data(), static_cast<Eigen::Index>(values.size()));
    const double before = column.norm();
    for (int pass = 0; pass < 2; ++pass)
      for (const Vector& direction : directions_)
        column -= direction.dot(column) * direction;
    const double after = column.norm();
    if (!(after > 1e-7 * before) || !(after > 1e-12)) return false;
    directions_.push_back(column / after);
    return true;
  }

 private:
  std::vector<Vector> directions_;
};

}  // namespace

std::vector<double> differenced(std::span<const double> x, int d, int seasonal_d, int season) {
  std::vector<double> result(x.begin(), x.end());
  const auto difference = [&](std::size_t lag) {
    if (result.size() <= lag) {
      result.clear();
      return;
    }
    for (std::size_t t = lag; t < result.size(); ++t)
      result[t - lag] = result[t] - result[t - lag];
    result.resize(result.size() - lag);
  };
  for (int i = 0; i < seasonal_d; ++i)
    difference(season);
  for (int i = 0; i < d; ++i)
    difference(1);
  return result;
}

std::vector<double> integration_weights(const ArimaForm& form) {
  std::vector<double> polynomial{1.0};
  const auto multiply = [&](std::size_t lag) {
    polynomial.resize(polynomial.size() + lag);
    for (std::size_t j = polynomial.size(); j-- > lag;)
      polynomial[j] -= polynomial[j - lag];
  };
  for (int i = 0; i < form.d; ++i)
    multiply(1);
  for (int i = 0; i < form.seasonal_d; ++i)
    multiply(form.season);
  std::vector<double> weights;
  for (std::size_t j = 1; j < polynomial.size(); ++j)
    weights.push_back(-polynomial[j]);
  return weights;
}

ArimaSample make_sample(const ArimaData& data, const ArimaForm& form, std::vector<int>& kept) {
  const auto difference = [&](std::span<const double> x) {
    return differenced(x, form.d, form.seasonal_d, form.season);
  };
  ArimaSample sample{.w = difference(data.y)};
  Basis basis;
  const auto add = [&](std::span<const double> values) {
    auto column = difference(values);
    // A regression needs more observations than regressors.
    const bool fits = sample.regressors.size() + 1 < column.size();
    if (!fits || !basis.add(column)) return false;
    sample.regressors.push_back(std::move(column));
    return true;
  };
  std::vector<double> times(data.y.size(), 1.0);
  if (form.mean) add(times);
  std::iota(times.begin(), times.end(), 1.0);
  if (form.drift) add(times);
  kept.clear();
  for (std::size_t i = 0; i < data.covariates.size(); ++i)
    if (add(data.covariates[i])) kept.push_back(static_cast<int>(i));
  return sample;
}

std::vector<double> without_covariates(const ArimaData& data) {
  std::vector<double> y(data.y.begin(), data.y.end());
  if (data.covariates.empty()) return y;
  const auto rows = static_cast<Eigen::Index>(y.size());
  Eigen::MatrixXd x(rows, static_cast<Eigen::Index>(data.covariates.size()) + 1);
  x.col(0).setOnes();
  for (std::size_t j = 0; j < data.covariates.size(); ++j)
    x.col(static_cast<Eigen::Index>(j) + 1) =
        Eigen::Map<const Vector>(data.covariates[j].data(), rows);
  Eigen::Map<Vector> target(y.data(), rows);
  const Vector explained = x * x.colPivHouseholderQr().solve(target);
  target -= explained;
  return y;
}

}  // namespace trainyard::models

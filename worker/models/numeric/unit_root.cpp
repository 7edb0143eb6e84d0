#include "worker/models/numeric/unit_root.hpp"

#include <Eigen/Core>
#include <Eigen/LU>
#include <Eigen/QR>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <vector>

namespace trainyard::models {

bool is_level(std::span<const double> y) {
  if (y.empty()) return true;
  double largest = 0.0;
  double widest = 0.0;
  for (const double v : y) {
    largest = std::max(largest, std::abs(v));
    widest = std::max(widest, std::abs(v - y.front()));
  }
  return widest <= 1.5e-8 * largest + 1e-14;
}

bool kpss_refuses_level(std::span<const double> y, const std::stop_token& stop) {
  constexpr double critical = 0.463;
  const auto n = static_cast<double>(y.size());
  const double mean = std::accumulate(y.begin(), y.end(), 0.0) / n;
  std::vector<double> e(y.begin(), y.end());
  for (double& v : e)
    v -= mean;

  double sum = 0.0;
  double squared_sums = 0.0;
  for (const double v : e) {
    sum += v;
    squared_sums += sum * sum;
  }
  const auto lags = static_cast<std::size_t>(3.0 * std::sqrt(n) / 13.0);
  double variance = 0.0;  // n times the long-run variance
  for (std::size_t lag = 0; lag <= lags && lag < e.size(); ++lag) {
    if (stop.stop_requested()) return false;
    const double product =
        std::inner_product(e.begin() + static_cast<std::ptrdiff_t>(lag), e.end(), e.begin(), 0.0);
    const double weight = 1.0 - static_cast<double>(lag) / static_cast<double>(lags + 1);
    variance += (lag == 0 ? 1.0 : 2.0) * weight * product;
  }
  return squared_sums > critical * n * variance;
}

bool adf_accepts_unit_root(std::span<const double> y) {
  // Fuller, Introduction to Statistical Time Series (1976), table 8.5.2: up to so many changes.
  struct Row {
    std::size_t below;
    double critical;
  };
  constexpr std::array table{Row{25, -3.00},  Row{50, -2.93},  Row{100, -2.89},
                             Row{250, -2.88}, Row{500, -2.87}, Row{~std::size_t{0}, -2.86}};
  constexpr std::size_t observations_min = 6;
  if (y.size() < observations_min) return false;
  const std::size_t changes = y.size() - 1;
  const auto rows = static_cast<Eigen::Index>(changes - 1);

  // The change on the level before, a constant and the change before.
  Eigen::MatrixXd x(rows, 3);
  Eigen::VectorXd change(rows);
  for (Eigen::Index i = 0; i < rows; ++i) {
    change[i] = y[i + 2] - y[i + 1];
    x.row(i) << y[i + 1], 1.0, y[i + 1] - y[i];
  }
  const Eigen::ColPivHouseholderQR<Eigen::MatrixXd> qr(x);
  if (qr.rank() < x.cols()) return false;
  const Eigen::VectorXd b = qr.solve(change);
  const double variance = (change - x * b).squaredNorm() / static_cast<double>(rows - x.cols());
  const Eigen::MatrixXd inverse = (x.transpose() * x).inverse();
  const auto row = std::ranges::find_if(table, [&](const Row& r) { return changes < r.below; });
  return b[0] > row->critical * std::sqrt(variance * inverse(0, 0));
}

}  // namespace trainyard::models

#include "worker/models/mstl/loess.hpp"

#include <Eigen/Core>

#include <algorithm>
#include <cmath>

namespace trainyard::models {
namespace {

double square(double x) {
  return x * x;
}
double cube(double x) {
  return x * x * x;
}

}  // namespace

Loess::Loess(const Options& options)
    : options_(options), width_(std::min(options.window, options.length)), weights_(width_ + 2) {}

double Loess::at(const double* y, std::size_t position, std::size_t stride) {
  const std::size_t centre = (options_.window + 1) / 2;
  const std::size_t skipped =
      std::min(position - std::min(position, centre), options_.length - width_);
  const auto& weights = weights_at(position - skipped);
  using Values = Eigen::Map<const Eigen::VectorXd, 0, Eigen::InnerStride<>>;
  const auto width = static_cast<Eigen::Index>(width_);
  const auto step = static_cast<Eigen::Index>(stride);
  return Eigen::Map<const Eigen::VectorXd>(weights.data(), width)
      .dot(Values(y + skipped * stride, width, Eigen::InnerStride<>(step)));
}

void Loess::smooth(std::span<const double> y, std::span<double> smoothed,
                   const std::stop_token& stop) {
  const std::size_t n = options_.length;
  constexpr std::size_t stop_interval = 64;  // positions between looks at the stop token
  const std::size_t jump = std::max<std::size_t>(1, options_.window / 50);
  smoothed[0] = at(y.data(), 1);
  for (std::size_t last = 0; last + 1 < n;) {
    if (last % stop_interval < jump && stop.stop_requested()) return;
    const std::size_t next = std::min(last + jump, n - 1);
    smoothed[next] = at(y.data(), next + 1);
    const double slope = (smoothed[next] - smoothed[last]) / static_cast<double>(next - last);
    for (std::size_t i = last + 1; i < next; ++i)
      smoothed[i] = smoothed[last] + slope * static_cast<double>(i - last);
    last = next;
  }
}

// The authors' own rules for what is near enough to weigh 1, or 0, and for when a line is defined.
const std::vector<double>& Loess::weights_at(std::size_t place) {
  auto& weights = weights_[place];
  if (!weights.empty()) return weights;
  const auto x = static_cast<double>(place);
  double reach = std::max(x - 1.0, static_cast<double>(width_) - x);
  if (options_.window > options_.length)
    reach += static_cast<double>((options_.window - options_.length) / 2);

  double total = 0.0;
  weights.assign(width_, 0.0);
  for (std::size_t i = 0; i < width_; ++i) {
    const double distance = std::abs(static_cast<double>(i + 1) - x);
    if (distance > 0.999 * reach) continue;
    const double share = distance / reach;
    weights[i] = distance <= 0.001 * reach ? 1.0 : cube(1.0 - cube(share));
    total += weights[i];
  }
  if (!(total > 0.0)) {  // a window of one value
    std::ranges::fill(weights, 1.0 / static_cast<double>(width_));
    return weights;
  }
  for (double& weight : weights)
    weight /= total;
  if (options_.degree == 0) return weights;

  double mean = 0.0;
  double spread = 0.0;
  for (std::size_t i = 0; i < width_; ++i)
    mean += weights[i] * static_cast<double>(i + 1);
  for (std::size_t i = 0; i < width_; ++i)
    spread += weights[i] * square(static_cast<double>(i + 1) - mean);
  if (std::sqrt(spread) <= 0.001 * static_cast<double>(options_.length - 1)) return weights;
  for (std::size_t i = 0; i < width_; ++i)
    weights[i] *= 1.0 + (x - mean) / spread * (static_cast<double>(i + 1) - mean);
  return weights;
}

}  // namespace trainyard::models

#include "worker/models/lgt/lgt_posterior.hpp"

#include <algorithm>
#include <array>

namespace trainyard::models {
namespace {

constexpr std::array alphas{0.05, 0.12, 0.2, 0.3, 0.45, 0.6, 0.8, 1.0};
constexpr std::array betas{0.1, 0.25, 0.5, 0.9};
constexpr std::array rhos{0.0, 0.5, 1.0};
constexpr std::array taus{0.0, 0.5, 1.0};

// σ² is inverse gamma: half an observation's worth of an error of one percent.
constexpr double variance_shape = 0.5;
constexpr double variance_scale = 1e-4;
constexpr double negligible = 5e-3;  // of the largest weight

using Slopes = std::array<std::vector<double>, betas.size()>;

// Of the regression of d_t = y_{t+1} − l_t on x_t = l_t^ρ/α and z_t = b_t/α.
struct Sums {
  double xx, xz, zz, xd, zd, dd;
};

struct Levels {
  double alpha = 1.0;
  std::vector<double> level;
  Slopes slopes;
  std::vector<double> change;  // y_{t+1} − l_t
  bool is_positive = true;
};

// Of no use when stopped early.
void smooth(std::span<const double> y, double alpha, Levels& into, const std::stop_token& stop) {
  into.alpha = alpha;
  into.is_positive = true;
  for (std::size_t b = 0; b < betas.size() && !stop.stop_requested(); ++b) {
    const LgtShape shape{.alpha = alpha, .beta = betas[b]};
    auto state = lgt_start(y);
    for (std::size_t t = 0; t < y.size(); ++t) {
      if (t > 0) advance(shape, state, y[t]);
      into.level[t] = state.level;
      into.slopes[b][t] = state.slope;
    }
  }
  for (std::size_t t = 0; t < y.size(); ++t) {
    if (into.level[t] <= 1e-6) into.is_positive = false;
    if (t + 1 < y.size()) into.change[t] = y[t + 1] - into.level[t];
  }
}

// Mean and covariance (of σ = 1) of γ and λ, and the logarithm of the marginal likelihood up to a
// constant.
struct Regression {
  double growth, local, variance;
  double covariance_xx, covariance_xz, covariance_zz;
  double evidence;
};

Regression regress(const Sums& sums, const LgtPrior& prior, double errors) {
  const double growth_precision = 1.0 / (prior.growth_sd * prior.growth_sd);
  const double local_precision = 1.0 / (prior.local_sd * prior.local_sd);
  const double xx = sums.xx + growth_precision;
  const double zz = sums.zz + local_precision;
  const double zd = sums.zd + local_precision * prior.local_mean;
  const double determinant = xx * zz - sums.xz * sums.xz;
  Regression result{.covariance_xx = zz / determinant,
                    .covariance_xz = -sums.xz / determinant,
                    .covariance_zz = xx / determinant};
  result.growth = result.covariance_xx * sums.xd + result.covariance_xz * zd;
  result.local = result.covariance_xz * sums.xd + result.covariance_zz * zd;
  const double unexplained = sums.dd + local_precision * prior.local_mean * prior.local_mean -
                             result.growth * sums.xd - result.local * zd;
  const double shape = variance_shape + 0.5 * errors;
  const double scale = variance_scale + 0.5 * std::max(0.0, unexplained);
  result.variance = scale / std::max(0.5, shape - 1.0);
  result.evidence = -0.5 * std::log(determinant) - shape * std::log(scale);
  return result;
}

class Grid {
 public:
  Grid(std::span<const double> y, const LgtPrior& prior, const std::stop_token& stop)
      : y_(y), prior_(prior), stop_(stop) {
    levels_.level.resize(y.size());
    levels_.change.resize(y.size());
    for (auto& slope : levels_.slopes)
      slope.resize(y.size());
    weight_.resize(y.size());
    power_.resize(y.size());
  }

  std::vector<LgtPoint> search() {
    for (const double alpha : alphas) {
      smooth(y_, alpha, levels_, stop_);
      for (const double tau : taus) {
        if (stop_.stop_requested()) return {};
        if (tau == 0.0 || levels_.is_positive) add_errors_of(tau);
      }
    }
    return std::move(points_);
  }

 private:
  void add_errors_of(double tau) {
    double log_weights = 0.0;
    for (std::size_t t = 0; t + 1 < y_.size(); ++t) {
      weight_[t] = tau == 0.0 ? 1.0 : power_of(levels_.level[t], -2.0 * tau);
      log_weights += std::log(weight_[t]);
    }
    for (const double rho : rhos) {
      if (rho != 0.0 && !levels_.is_positive) continue;
      for (std::size_t t = 0; t < y_.size(); ++t)
        power_[t] = power_of(levels_.level[t], rho) / levels_.alpha;
      for (std::size_t b = 0; b < betas.size() && !stop_.stop_requested(); ++b)
        add({.alpha = levels_.alpha, .beta = betas[b], .rho = rho, .tau = tau}, levels_.slopes[b],
            0.5 * log_weights);
    }
  }

  void add(const LgtShape& shape, const std::vector<double>& slope, double log_weights) {
    Sums sums{};
    for (std::size_t t = 0; t + 1 < y_.size(); ++t) {
      const double w = weight_[t];
      const double x = power_[t];
      const double z = slope[t] / shape.alpha;
      const double d = levels_.change[t];
      sums.xx += w * x * x;
      sums.xz += w * x * z;
      sums.zz += w * z * z;
      sums.xd += w * x * d;
      sums.zd += w * z * d;
      sums.dd += w * d * d;
    }
    const auto found = regress(sums, prior_, static_cast<double>(y_.size() - 1));
    const LgtState now{.level = levels_.level.back(), .slope = slope.back()};
    const double power = power_of(now.level, shape.rho);
    const double doubt = power * power * found.covariance_xx +
                         2.0 * power * now.slope * found.covariance_xz +
                         now.slope * now.slope * found.covariance_zz;
    points_.push_back({.shape = shape,
                       .growth = found.growth,
                       .local = found.local,
                       .error = std::sqrt(found.variance),
                       .growth_error = std::sqrt(found.variance * std::max(0.0, doubt)),
                       .weight = found.evidence + log_weights,
                       .now = now});
  }

  std::span<const double> y_;
  LgtPrior prior_;
  const std::stop_token& stop_;
  Levels levels_;
  std::vector<double> weight_;
  std::vector<double> power_;
  std::vector<LgtPoint> points_;
};

}  // namespace

LgtPrior prior_of(int season_length) {
  if (season_length <= 4) return {};
  return {.growth_sd = 0.05, .local_mean = 0.0, .local_sd = 0.1};
}

LgtState lgt_start(std::span<const double> y) {
  return {.level = y.front(), .slope = 0.0};
}

std::vector<LgtPoint> lgt_posterior(std::span<const double> y, const LgtPrior& prior,
                                    const std::stop_token& stop) {
  auto points = Grid(y, prior, stop).search();
  if (points.empty() || stop.stop_requested()) return {};
  const double largest = std::ranges::max(points, {}, &LgtPoint::weight).weight;
  for (auto& point : points)
    point.weight = std::exp(point.weight - largest);
  std::erase_if(points, [](const LgtPoint& point) { return point.weight < negligible; });
  double sum = 0.0;
  for (const auto& point : points)
    sum += point.weight;
  for (auto& point : points)
    point.weight /= sum;
  return points;
}

}  // namespace trainyard::models

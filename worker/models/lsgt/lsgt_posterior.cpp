#include "worker/models/lsgt/lsgt_posterior.hpp"

#include "worker/models/numeric/evolving_chains.hpp"
#include "worker/models/numeric/log_sum.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace trainyard::models {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

struct Range {
  double min;
  double max;
};
constexpr Range unit{0.0, 1.0};
constexpr Range rho_range{-0.5, 1.0};
constexpr Range local_range{-1.0, 1.0};
constexpr Range freedom_range{2.0, 20.0};

// A number of a range as one of the whole line.
double within(const Range& range, double coordinate) {
  return range.min + (range.max - range.min) / (1.0 + std::exp(-coordinate));
}

// What a uniform density over the range is on the line.
double log_uniform(double coordinate) {
  return -std::abs(coordinate) - 2.0 * std::log1p(std::exp(-std::abs(coordinate)));
}

double log_cauchy(double value, double scale) {
  const double ratio = value / scale;
  return -std::log1p(ratio * ratio);
}

// std::lgamma writes a global.
double log_gamma(double value) {
  int sign = 0;
  return ::lgamma_r(value, &sign);
}

// Where each parameter stands in a point; without a season or a local trend the last ones are not
// used.
enum Place : std::size_t { alpha, growth, rho, error, tau, least_error, freedom, places };

class Posterior {
 public:
  explicit Posterior(const LsgtProblem& problem) : problem_(problem) {
    double largest = 0.0;
    for (const double value : problem.y)
      largest = std::max(largest, std::abs(value));
    scale_ = std::max(largest, 1.0) / cauchy_divisor;
    if (has_season()) zeta_ = size_++;
    if (has_local_trend()) {
      beta_ = size_;
      local_ = size_ + 1;
      first_slope_ = size_ + 2;
      size_ += 3;
    }
  }

  std::vector<double> start() const {
    double change = 0.0;
    for (std::size_t t = 1; t < problem_.y.size(); ++t)
      change += std::abs(problem_.y[t] - problem_.y[t - 1]);
    const double usual = 0.3 * change / static_cast<double>(problem_.y.size() - 1);
    std::vector<double> point(size_, 0.0);
    point[error] = point[least_error] = std::log(std::max(usual, 1e-5));
    point[alpha] = has_season() ? -0.5 : 0.8;
    if (has_season()) point[zeta_] = -1.0;
    return point;
  }

  std::vector<double> spread() const {
    std::vector<double> spread(size_, 0.5);
    spread[growth] = 0.005;
    if (has_local_trend()) spread[first_slope_] = scale_;
    return spread;
  }

  LsgtParameters parameters(std::span<const double> point) const {
    LsgtParameters p{.alpha = within(unit, point[alpha]),
                     .growth = point[growth],
                     .rho = within(rho_range, point[rho]),
                     .error = std::exp(point[error]),
                     .tau = within(unit, point[tau]),
                     .least_error = std::exp(point[least_error]),
                     .freedom = within(freedom_range, point[freedom])};
    if (has_season()) p.zeta = within(unit, point[zeta_]);
    if (has_local_trend()) {
      p.beta = within(unit, point[beta_]);
      p.local = within(local_range, point[local_]);
      p.first_slope = point[first_slope_];
    }
    return p;
  }

  double operator()(std::span<const double> point) {
    constexpr double furthest = 60.0;
    for (const double coordinate : point)
      if (!(std::abs(coordinate) < furthest)) return -infinity;
    const auto p = parameters(point);
    const double value = log_prior(point, p) + log_likelihood(p);
    return std::isnan(value) ? -infinity : value;
  }

 private:
  static constexpr double cauchy_divisor = 150.0;
  static constexpr double log_unit = 8.5;  // means around 5,000

  bool has_season() const { return !problem_.season.empty(); }
  bool has_local_trend() const { return problem_.local_trend == LocalTrend::damped; }

  double log_prior(std::span<const double> point, const LsgtParameters& p) const {
    double sum = log_power_cauchy(p.growth, p.rho) + log_power_cauchy(p.error, p.tau) +
                 point[error] + log_cauchy(p.least_error, scale_) + point[least_error];
    for (const auto place : {alpha, rho, tau, freedom})
      sum += log_uniform(point[place]);
    if (has_season()) sum += std::log1p(-p.alpha) + log_uniform(point[zeta_]);
    if (has_local_trend())
      sum += log_uniform(point[beta_]) + log_uniform(point[local_]) +
             log_cauchy(p.first_slope, scale_);
    return sum;
  }

  // Of the factor of level^power, thought of as Cauchy in the unit of the paper's series.
  double log_power_cauchy(double factor, double power) const {
    return log_cauchy(factor * std::exp(-power * log_unit), scale_) - power * log_unit;
  }

  double log_likelihood(const LsgtParameters& p) {
    const auto& y = problem_.y;
    season_ = problem_.season;
    auto state = begin(p, y[0], season_.empty() ? 1.0 : season_[0]);
    LogSum errors;
    LogSum tails;
    for (std::size_t t = 1, phase = 1; t < y.size(); ++t, ++phase) {
      const auto said = next_step(p, state);
      if (phase >= season_.size()) phase = 0;
      const double season = has_season() ? season_[phase] : 1.0;
      if (has_season() && !(said.mean > 0.0)) return -infinity;
      const double off = (y[t] - said.mean * season) / said.error;
      errors.add(said.error);
      tails.add(1.0 + off * off / p.freedom);
      advance(p, state, y[t] / season);
      if (has_season()) season_[phase] = next_season(p, season, y[t] / state.level);
    }
    const double tail = 0.5 * (p.freedom + 1.0);
    const auto count = static_cast<double>(y.size() - 1);
    return count * (log_gamma(tail) - log_gamma(0.5 * p.freedom) - 0.5 * std::log(p.freedom)) -
           errors.total() - tail * tails.total();
  }

  const LsgtProblem& problem_;
  double scale_ = 0.0;  // of the Cauchy priors
  std::size_t size_ = places;
  std::size_t zeta_ = 0;
  std::size_t beta_ = 0;
  std::size_t local_ = 0;
  std::size_t first_slope_ = 0;
  std::vector<double> season_;
};

}  // namespace

std::vector<LsgtParameters> draw_lsgt(const LsgtProblem& problem, std::uint64_t seed,
                                      const std::stop_token& stop) {
  Posterior posterior(problem);
  std::mt19937_64 random(seed);
  std::vector<LsgtParameters> draws;
  for (const auto& point :
       draw(std::ref(posterior), posterior.start(), posterior.spread(), {}, random, stop))
    draws.push_back(posterior.parameters(point));
  return draws;
}

}  // namespace trainyard::models

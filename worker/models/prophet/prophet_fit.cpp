#include "worker/models/prophet/prophet_fit.hpp"

#include "worker/models/prophet/l1_quadratic.hpp"

#include <algorithm>
#include <cmath>

namespace trainyard::models {
namespace {

constexpr double sigma_min = 1e-5;
constexpr double damping_min = 1e-13;
constexpr double damping_max = 1e9;
constexpr int steps_max = 300;

struct Start {
  double k;
  double m;
};

Start first_guess(const ProphetProblem& problem) {
  const double first = problem.y.front();
  const double last = problem.y.back();
  const double span = problem.t.back() - problem.t.front();
  if (problem.trend.growth == Growth::flat) {
    double sum = 0.0;
    for (const double value : problem.y)
      sum += value;
    return {.k = 0.0, .m = sum / static_cast<double>(problem.y.size())};
  }
  if (problem.trend.growth == Growth::linear) {
    const double rate = (last - first) / span;
    return {.k = rate, .m = first - rate * problem.t.front()};
  }
  // The logistic curve's argument at both ends, by values that are away from 0 and the cap.
  const auto argument = [&](double value) {
    const double share = std::clamp(value / problem.trend.cap, 0.01, 0.99);
    return std::log(share / (1.0 - share));
  };
  double at_first = argument(first);
  const double at_last = argument(last);
  if (std::abs(at_last - at_first) < 0.01) at_first -= 0.05;  // a rate of zero has no offset
  const double rate = (at_last - at_first) / span;
  return {.k = rate, .m = problem.t.front() - at_first / rate};
}

// The σ that maximises the posterior given the squares: the root of 4σ⁴ + nσ² = squares.
double best_sigma(double squares, double n) {
  return std::max(sigma_min, std::sqrt(2.0 * squares / (n + std::sqrt(n * n + 16.0 * squares))));
}

class Search {
 public:
  Search(const ProphetProblem& problem, const std::stop_token& stop)
      : posterior_(problem), stop_(stop), n_(static_cast<double>(problem.y.size())) {
    const Start start = first_guess(problem);
    theta_.resize(posterior_.size());
    theta_[0] = start.k;
    theta_[1] = start.m;
    hessian_.resize(theta_.size() * theta_.size());
    linear_.resize(theta_.size());
  }

  // False when stopped.
  bool run() {
    const auto squares = posterior_.squares(theta_, stop_);
    if (!squares) return false;
    objective_ = posterior_.objective(theta_, sigma_, *squares);
    for (int step = 0; step < steps_max && !has_converged_ && damping_ < damping_max; ++step)
      if (!advance()) return false;
    return true;
  }

  const std::vector<double>& theta() const { return theta_; }
  double sigma() const { return sigma_; }

 private:
  bool advance() {
    if (!is_linearised_) {
      auto view = posterior_.linearise(theta_, stop_);
      if (!view) return false;
      view_ = std::move(*view);
      is_linearised_ = true;
    }
    make_quadratic();
    const auto next = minimise({.hessian = hessian_,
                                .linear = linear_,
                                .free = posterior_.first_delta(),
                                .penalty = posterior_.laplace_rate()},
                               theta_, stop_);
    if (stop_.stop_requested()) return false;
    if (!next) {
      damp_more();
      return true;
    }
    const auto squares = posterior_.squares(*next, stop_);
    if (!squares) return false;
    take(*next, *squares);
    return true;
  }

  // H = G/σ² + priors and b = r/σ², each with the damping's d_j (x_j − θ_j)².
  void make_quadratic() {
    const double weight = 1.0 / (sigma_ * sigma_);
    const std::size_t p = theta_.size();
    for (std::size_t i = 0; i < p * p; ++i)
      hessian_[i] = weight * view_.gram[i];
    for (std::size_t j = 0; j < p; ++j) {
      double& diagonal = hessian_[j * p + j];
      diagonal += posterior_.precisions()[j];
      const double extra = damping_ * (diagonal > 0.0 ? diagonal : 1.0);
      diagonal += extra;
      linear_[j] = weight * view_.right[j] + extra * theta_[j];
    }
  }

  void take(const std::vector<double>& next, double squares) {
    const double tolerance = 1e-12 * (1.0 + std::abs(objective_));
    if (!(posterior_.objective(next, sigma_, squares) <= objective_ + tolerance)) {
      damp_more();
      return;
    }
    theta_ = next;
    sigma_ = best_sigma(squares, n_);
    const double before = objective_;
    objective_ = posterior_.objective(theta_, sigma_, squares);
    has_converged_ = damping_ <= 1e-3 && before - objective_ <= 1e-9 * (1.0 + std::abs(objective_));
    damping_ = std::max(damping_min, damping_ / 100.0);
    is_linearised_ = posterior_.is_linear();
  }

  void damp_more() { damping_ = std::max(1e-7, damping_ * 10.0); }

  ProphetPosterior posterior_;
  const std::stop_token& stop_;
  double n_;
  std::vector<double> theta_;
  double sigma_ = 1.0;
  double objective_ = 0.0;
  double damping_ = damping_min;
  bool is_linearised_ = false;
  bool has_converged_ = false;
  ProphetPosterior::Linearisation view_;
  std::vector<double> hessian_;
  std::vector<double> linear_;
};

}  // namespace

std::optional<ProphetParameters> maximise_posterior(const ProphetProblem& problem,
                                                    const std::stop_token& stop) {
  Search search(problem, stop);
  if (!search.run()) return std::nullopt;
  return to_parameters(search.theta(), search.sigma(), problem.prior_scales.size());
}

double log_posterior(const ProphetProblem& problem, const ProphetParameters& parameters) {
  const ProphetPosterior posterior(problem);
  const auto theta = to_vector(parameters);
  return -posterior.objective(theta, parameters.sigma, *posterior.squares(theta, {}));
}

}  // namespace trainyard::models

#include "worker/models/prophet/prophet_posterior.hpp"

#include <Eigen/Core>

#include <algorithm>
#include <cmath>

namespace trainyard::models {
namespace {

using Eigen::ArrayXd;
using Eigen::Index;
using Eigen::Map;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr std::size_t block_rows = 256;
constexpr double trend_prior_scale = 5.0;
constexpr double sigma_prior_scale = 0.5;

}  // namespace

// Some rows of the data at one θ.
struct ProphetPosterior::Block {
  ArrayXd value;     // g
  ArrayXd slope;     // derivative of g by the trend's path
  ArrayXd factor;    // 1 + X_m β
  ArrayXd residual;  // y − mean
  MatrixXd jacobian;
};

ProphetPosterior::ProphetPosterior(const ProphetProblem& problem) : problem_(problem) {
  precisions_.assign(2, 1.0 / (trend_prior_scale * trend_prior_scale));
  for (const double scale : problem.prior_scales)
    precisions_.push_back(1.0 / (scale * scale));
  precisions_.resize(precisions_.size() + problem.trend.changepoints.size(), 0.0);
  has_factors_ = std::ranges::count(problem.effects, Effect::multiplicative) > 0;
}

bool ProphetPosterior::is_linear() const {
  return !has_factors_ && problem_.trend.growth != Growth::logistic;
}

void ProphetPosterior::evaluate(std::size_t first, std::size_t count, std::span<const double> theta,
                                Block& block) const {
  const auto n = static_cast<Index>(count);
  const auto columns = problem_.prior_scales.size();
  const auto parameters = to_parameters(theta, 1.0, columns);
  const auto path = trend_path(problem_.trend, parameters, problem_.t.subspan(first, count));
  block.value = Map<const ArrayXd>(path.data(), n);
  block.slope = ArrayXd::Ones(n);
  if (problem_.trend.growth == Growth::logistic) {
    const double cap = problem_.trend.cap;
    block.value = cap / (1.0 + (-block.value).exp());
    block.slope = block.value * (1.0 - block.value / cap);
  }

  block.factor = ArrayXd::Ones(n);
  ArrayXd added = ArrayXd::Zero(n);
  for (std::size_t j = 0; j < columns; ++j) {
    const double* column = problem_.features.column(j) + first;
    auto& sum = problem_.effects[j] == Effect::multiplicative ? block.factor : added;
    sum += parameters.beta[j] * Map<const ArrayXd>(column, n);
  }
  block.residual =
      Map<const ArrayXd>(problem_.y.data() + first, n) - (block.value * block.factor + added);
}

void ProphetPosterior::fill_jacobian(std::size_t first, std::span<const double> theta,
                                     Block& block) const {
  const Index n = block.value.size();
  const Map<const ArrayXd> t(problem_.t.data() + first, n);
  const ArrayXd scale = block.slope * block.factor;
  const bool is_logistic = problem_.trend.growth == Growth::logistic;
  block.jacobian.resize(n, static_cast<Index>(size()));
  if (problem_.trend.growth == Growth::flat)
    block.jacobian.col(0).setZero();
  else
    block.jacobian.col(0) = scale * (is_logistic ? ArrayXd(t - theta[1]) : ArrayXd(t));
  block.jacobian.col(1) = scale * (is_logistic ? -theta[0] : 1.0);

  Index column = 2;
  for (std::size_t j = 0; j < problem_.effects.size(); ++j, ++column) {
    const double* values = problem_.features.column(j) + first;
    block.jacobian.col(column) = Map<const VectorXd>(values, n);
    if (problem_.effects[j] == Effect::multiplicative)
      block.jacobian.col(column).array() *= block.value;
  }
  for (const double changepoint : problem_.trend.changepoints)
    block.jacobian.col(column++) = scale * (t - changepoint).max(0.0);
}

std::optional<double> ProphetPosterior::squares(std::span<const double> theta,
                                                const std::stop_token& stop) const {
  Block block;
  double sum = 0.0;
  for (std::size_t first = 0; first < problem_.t.size(); first += block_rows) {
    if (stop.stop_requested()) return std::nullopt;
    evaluate(first, std::min(block_rows, problem_.t.size() - first), theta, block);
    sum += block.residual.square().sum();
  }
  return sum;
}

double ProphetPosterior::objective(std::span<const double> theta, double sigma,
                                   double squares) const {
  double value = static_cast<double>(problem_.t.size()) * std::log(sigma) +
                 0.5 * squares / (sigma * sigma) +
                 0.5 * sigma * sigma / (sigma_prior_scale * sigma_prior_scale);
  for (std::size_t j = 0; j < first_delta(); ++j)
    value += 0.5 * precisions_[j] * theta[j] * theta[j];
  for (const double delta : theta.subspan(first_delta()))
    value += laplace_rate() * std::abs(delta);
  return value;
}

std::optional<ProphetPosterior::Linearisation> ProphetPosterior::linearise(
    std::span<const double> theta, const std::stop_token& stop) const {
  const auto p = static_cast<Index>(size());
  Linearisation result;
  result.gram.resize(size() * size());
  result.right.resize(size());
  Map<MatrixXd> gram(result.gram.data(), p, p);
  Map<VectorXd> right(result.right.data(), p);
  const Map<const VectorXd> at(theta.data(), p);
  Block block;
  for (std::size_t first = 0; first < problem_.t.size(); first += block_rows) {
    if (stop.stop_requested()) return std::nullopt;
    evaluate(first, std::min(block_rows, problem_.t.size() - first), theta, block);
    fill_jacobian(first, theta, block);
    gram.selfadjointView<Eigen::Lower>().rankUpdate(block.jacobian.transpose());
    right += block.jacobian.transpose() * (block.residual.matrix() + block.jacobian * at);
  }
  return result;
}

std::vector<double> to_vector(const ProphetParameters& parameters) {
  std::vector<double> theta{parameters.k, parameters.m};
  theta.insert(theta.end(), parameters.beta.begin(), parameters.beta.end());
  theta.insert(theta.end(), parameters.delta.begin(), parameters.delta.end());
  return theta;
}

ProphetParameters to_parameters(std::span<const double> theta, double sigma, std::size_t features) {
  const auto beta = theta.subspan(2, features);
  const auto delta = theta.subspan(2 + features);
  return {.k = theta[0],
          .m = theta[1],
          .beta = {beta.begin(), beta.end()},
          .delta = {delta.begin(), delta.end()},
          .sigma = sigma};
}

}  // namespace trainyard::models

#include "worker/models/arima/arima_likelihood.hpp"

#include "worker/models/arima/arima_covariance.hpp"
#include "worker/models/arima/arima_filters.hpp"
#include "worker/models/arima/arima_responses.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

namespace trainyard::models {
namespace {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;
using Eigen::Index;

constexpr double infinity = std::numeric_limits<double>::infinity();
// Below this sum of squares per value, of numbers of order one, a fit is as good as perfect.
constexpr double square_floor = 1e-24;
constexpr double difference_step = 1e-6;

Eigen::Map<const Vector> as_vector(std::span<const double> values) {
  return {values.data(), static_cast<Index>(values.size())};
}

std::span<double> as_span(Vector& values) {
  return {values.data(), static_cast<std::size_t>(values.size())};
}

std::span<double> as_span(Matrix& values) {
  return {values.data(), static_cast<std::size_t>(values.size())};
}

}  // namespace

class ArimaLikelihood::Workspace {
 public:
  Workspace(const ArimaSample& sample, const ArimaForm& form, std::stop_token stop)
      : sample_(sample),
        form_(form),
        stop_(std::move(stop)),
        rows_(static_cast<Index>(sample.w.size())),
        size_(std::min<Index>(rows_, form.state_size())),
        values_(form.coefficients()),
        errors_(rows_, static_cast<Index>(1 + sample.regressors.size())) {
    responses_.periods = sample.w.size();
  }

  double value() const { return value_; }
  double count() const { return static_cast<double>(rows_); }
  const Vector& regression() const { return regression_; }
  double squares() const { return squares_ > square_floor * count() ? squares_ : 0.0; }

  void evaluate(std::span<const double> free);
  void differentiate(std::span<const double> free, ArimaSlope& slope);

 private:
  ArimaCoefficients coefficients() const { return {form_, values_}; }
  bool is_stopped() const { return stop_.stop_requested(); }
  bool is_moving() const { return form_.ma_degree() > 0; }
  auto prior_covariance() const { return prior_covariance_.topLeftCorner(size_, size_); }

  void filter_errors();
  void factorise();
  void project();
  void profile();
  void weigh();
  void find_residuals();
  void find_moves();
  Matrix jacobian(std::span<const double> free) const;  // dcoefficient/dfree
  void add_determinant(std::span<const double> free, ArimaSlope& slope);

  const ArimaSample& sample_;
  ArimaForm form_;
  std::stop_token stop_;  // looked at after each pass over the series
  Index rows_;
  Index size_;  // of the state, as far as it is observed

  std::vector<double> values_;  // the coefficients
  Matrix errors_;               // e0 of the series, then of the regressors
  ArimaPrior prior_;
  ArimaPriorWork prior_work_;
  ArimaResponses responses_;
  Matrix prior_covariance_;         // P, and past it what is not observed
  Matrix gram_;                     // G
  Eigen::LLT<Matrix> gram_factor_;  // G = CC'
  Matrix core_;                     // M = I + C'PC
  Eigen::LLT<Matrix> core_factor_;
  Matrix projections_;  // C^{-1}Π'e0, a column per column of errors
  Vector scratch_;
  double log_determinant_ = 0.0;
  Vector regression_;
  double squares_ = 0.0;
  double value_ = infinity;

  // Of the slope.
  Vector adjusted_;     // the series less the regression
  Vector residuals_;    // smoothed errors
  Vector innovations_;  // a = Π' of them
  Vector series_;
  Matrix moves_;         // −de/dcoefficient
  Matrix prior_weight_;  // of dP
  Matrix gram_weight_;   // of dG
};

void ArimaLikelihood::Workspace::evaluate(std::span<const double> free) {
  constrain(form_, free, values_);
  filter_errors();
  log_determinant_ = 0.0;
  value_ = infinity;
  if (size_ > 0 && !is_stopped()) {
    arima_prior(form_, values_, prior_, prior_work_);
    arima_responses(form_, coefficients(), static_cast<std::size_t>(size_), responses_);
    factorise();
    project();
  }
  if (!is_stopped()) profile();
}

void ArimaLikelihood::Workspace::filter_errors() {
  const auto c = coefficients();
  for (Index j = 0; j < errors_.cols() && !is_stopped(); ++j) {
    errors_.col(j) = as_vector(j == 0 ? sample_.w : sample_.regressors[j - 1]);
    const std::span column(errors_.col(j).data(), sample_.w.size());
    apply_ar(column, form_, c);
    if (!is_stopped()) invert_ma(column, form_, c);
  }
}

void ArimaLikelihood::Workspace::factorise() {
  const auto full = static_cast<Index>(prior_.f.size());
  prior_covariance_.resize(full, full);
  arima_prior_covariance(prior_, as_span(prior_covariance_));
  if (is_moving()) {
    gram_.resize(size_, size_);
    arima_gram(responses_, static_cast<std::size_t>(size_), as_span(gram_));
    gram_factor_.compute(gram_);
    const auto lower = gram_factor_.matrixL();
    core_ = prior_covariance() * lower;
    core_ = lower.transpose() * core_;
  } else {
    core_ = prior_covariance();
  }
  core_.diagonal().array() += 1.0;
  core_factor_.compute(core_);
  log_determinant_ = 2.0 * core_factor_.matrixLLT().diagonal().array().log().sum();
}

void ArimaLikelihood::Workspace::project() {
  projections_.resize(size_, errors_.cols());
  const auto reach = std::min<Index>(rows_, size_ + static_cast<Index>(responses_.values.size()));
  for (Index j = 0; j < errors_.cols(); ++j) {
    scratch_ = errors_.col(j).head(reach);
    run_backwards(as_span(scratch_), form_, coefficients());
    projections_.col(j) = scratch_.head(size_);
  }
  if (is_moving()) gram_factor_.matrixL().solveInPlace(projections_);
}

void ArimaLikelihood::Workspace::profile() {
  Matrix products = errors_.transpose() * errors_;
  if (size_ > 0) {
    const Matrix kept = core_factor_.matrixL().solve(projections_);
    products -= projections_.transpose() * projections_;
    products += kept.transpose() * kept;
  }
  const Index regressors = errors_.cols() - 1;
  squares_ = products(0, 0);
  regression_.resize(regressors);
  if (regressors > 0) {
    const auto right = products.col(0).tail(regressors);
    regression_ = products.bottomRightCorner(regressors, regressors).ldlt().solve(right);
    squares_ -= regression_.dot(right);
  }
  squares_ = std::max(squares_, square_floor * count());
  value_ = 0.5 * (count() * std::log(squares_ / count()) + log_determinant_);
  if (!std::isfinite(value_)) value_ = infinity;
}

void ArimaLikelihood::Workspace::differentiate(std::span<const double> free, ArimaSlope& slope) {
  evaluate(free);
  slope.value = value_;
  slope.gradient.assign(free.size(), 0.0);
  slope.curvature.assign(free.size() * free.size(), 0.0);
  if (value_ == infinity || free.empty()) return;
  weigh();
  find_residuals();
  find_moves();
  if (is_stopped()) return;

  // dS = 2·Σ e de, with the smoothed state held fast.
  const Matrix turn = jacobian(free);
  const auto size = static_cast<Index>(free.size());
  const double scale = count() / squares_;
  const Vector pull = moves_.transpose() * residuals_;
  const Matrix bend = moves_.transpose() * moves_;
  Eigen::Map<Vector>(slope.gradient.data(), size) = -scale * (turn.transpose() * pull);
  Eigen::Map<Matrix>(slope.curvature.data(), size, size) = scale * (turn.transpose() * bend * turn);
  add_determinant(free, slope);
}

// log|I + PG| has the weight N = C M^{-1} C' for dP and K = C^{-T}(I − M^{-1})C^{-1} for dG; S has
// −aa' for dP.
void ArimaLikelihood::Workspace::weigh() {
  const auto identity = Matrix::Identity(size_, size_);
  const Matrix inverse = core_factor_.solve(identity);
  Vector projection = projections_.col(0);
  projection -= projections_.rightCols(regression_.size()) * regression_;
  innovations_ = inverse * projection;
  prior_weight_ = inverse;
  if (is_moving()) {
    const auto lower = gram_factor_.matrixL();
    innovations_ = lower * innovations_;
    prior_weight_ = lower * prior_weight_;
    prior_weight_.transposeInPlace();
    prior_weight_ = lower * prior_weight_;
    gram_weight_ = 0.5 * (identity - inverse);
    lower.transpose().solveInPlace(gram_weight_);
    gram_weight_.transposeInPlace();
    lower.transpose().solveInPlace(gram_weight_);
  }
  prior_weight_ *= 0.5;
  prior_weight_ -= (0.5 * count() / squares_) * innovations_ * innovations_.transpose();
}

void ArimaLikelihood::Workspace::find_residuals() {
  adjusted_ = as_vector(sample_.w);
  for (Index j = 0; j < regression_.size(); ++j)
    adjusted_ -= regression_[j] * as_vector(sample_.regressors[j]);
  residuals_ = adjusted_;
  apply_ar(as_span(residuals_), form_, coefficients());
  residuals_.head(size_) -= prior_covariance() * innovations_;
  invert_ma(as_span(residuals_), form_, coefficients());
}

// Each coefficient moves the errors by a filtered series, shifted by its lag.
void ArimaLikelihood::Workspace::find_moves() {
  const auto c = coefficients();
  moves_.setZero(rows_, form_.coefficients());
  Index j = 0;
  const auto add = [&](std::size_t orders, int lag) {
    for (std::size_t i = 1; i <= orders && !is_stopped(); ++i, ++j)
      if (const auto shift = static_cast<Index>(i) * lag; shift < rows_)
        moves_.col(j).tail(rows_ - shift) = series_.head(rows_ - shift);
  };
  if (!c.ar.empty() && !is_stopped()) {
    series_ = adjusted_;
    apply_ar(as_span(series_), c.seasonal_ar, form_.season);
    invert_ma(as_span(series_), form_, c);
    add(c.ar.size(), 1);
  }
  if (!c.seasonal_ar.empty() && !is_stopped()) {
    series_ = adjusted_;
    apply_ar(as_span(series_), c.ar, 1);
    invert_ma(as_span(series_), form_, c);
    add(c.seasonal_ar.size(), form_.season);
  }
  if (!c.ma.empty() && !is_stopped()) {
    series_ = residuals_;
    invert_ma(as_span(series_), c.ma, 1);
    add(c.ma.size(), 1);
  }
  if (!c.seasonal_ma.empty() && !is_stopped()) {
    series_ = residuals_;
    invert_ma(as_span(series_), c.seasonal_ma, form_.season);
    add(c.seasonal_ma.size(), form_.season);
  }
}

Matrix ArimaLikelihood::Workspace::jacobian(std::span<const double> free) const {
  const auto size = static_cast<Index>(free.size());
  Matrix result(size, size);
  std::vector<double> point(free.begin(), free.end());
  std::vector<double> moved(free.size());
  for (Index k = 0; k < size; ++k) {
    const double distance = difference_step * (1.0 + std::abs(free[k]));
    point[k] = free[k] + distance;
    constrain(form_, point, moved);
    result.col(k) = (as_vector(moved) - as_vector(values_)) / distance;
    point[k] = free[k];
  }
  return result;
}

void ArimaLikelihood::Workspace::add_determinant(std::span<const double> free, ArimaSlope& slope) {
  const auto size = static_cast<std::size_t>(size_);
  const auto by_prior = arima_prior_gradient(prior_, as_span(prior_weight_), size);
  ArimaGramGradient by_gram;
  if (is_moving()) by_gram = arima_gram_gradient(responses_, size, as_span(gram_weight_));

  std::vector<double> point(free.begin(), free.end());
  std::vector<double> values(free.size());
  ArimaPrior prior;
  ArimaResponses responses{.periods = responses_.periods};
  const auto change = [](const auto& weights, const auto& after, const auto& before) {
    return as_vector(weights).dot(as_vector(after) - as_vector(before));
  };
  for (std::size_t j = 0; j < free.size(); ++j) {
    const double distance = difference_step * (1.0 + std::abs(free[j]));
    point[j] = free[j] + distance;
    constrain(form_, point, values);
    arima_prior(form_, values, prior, prior_work_);
    double total = change(by_prior.f, prior.f, prior_.f) + change(by_prior.g, prior.g, prior_.g) +
                   change(by_prior.row, prior.row, prior_.row);
    if (std::cmp_greater_equal(j, form_.p + form_.seasonal_p)) {
      arima_responses(form_, {form_, values}, size, responses);
      total += change(by_gram.first_row, responses.first_row, responses_.first_row);
      for (std::size_t i = 1; i < size; ++i) {
        const std::size_t t = responses_.periods - i;
        total += by_gram.last_responses[i] * (responses.at(t) - responses_.at(t));
      }
    }
    slope.gradient[j] += total / distance;
    point[j] = free[j];
  }
}

ArimaLikelihood::ArimaLikelihood(const ArimaSample& sample, const ArimaForm& form,
                                 std::stop_token stop)
    : work_(std::make_unique<Workspace>(sample, form, std::move(stop))) {}
ArimaLikelihood::~ArimaLikelihood() = default;
ArimaLikelihood::ArimaLikelihood(ArimaLikelihood&&) noexcept = default;
ArimaLikelihood& ArimaLikelihood::operator=(ArimaLikelihood&&) noexcept = default;

double ArimaLikelihood::evaluate(std::span<const double> free) {
  work_->evaluate(free);
  return work_->value();
}

void ArimaLikelihood::differentiate(std::span<const double> free, ArimaSlope& slope) {
  work_->differentiate(free, slope);
}

ArimaSolution ArimaLikelihood::solve(std::span<const double> free) {
  work_->evaluate(free);
  const auto& b = work_->regression();
  const double constant = 0.5 * work_->count() * (1.0 + std::log(2.0 * std::numbers::pi));
  return {.regression = {b.data(), b.data() + b.size()},
          .squares = work_->squares(),
          .log_likelihood = -work_->value() - constant};
}

}  // namespace trainyard::models

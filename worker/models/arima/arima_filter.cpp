#include "worker/models/arima/arima_filter.hpp"

#include "worker/models/arima/arima_covariance.hpp"
#include "worker/models/arima/arima_sample.hpp"

#include <algorithm>
#include <cmath>

namespace trainyard::models {
namespace {

// A state is known for certain when its variances are this small next to that of an error.
constexpr double certain = 1e-13;

// x ← F x + f x(1): what is left of a state one period on, without the error.
void move_on(std::vector<double>& x, std::span<const double> f) {
  const double first = x.empty() ? 0.0 : x.front();
  for (std::size_t i = 0; i < x.size(); ++i)
    x[i] = (i + 1 < x.size() ? x[i + 1] : 0.0) + f[i] * first;
}

}  // namespace

ArimaFilter::ArimaFilter(const ArimaForm& form, std::span<const double> coefficients,
                         ArimaState state)
    : form_(form), weights_(integration_weights(form)), state_(std::move(state)) {
  const ArimaCoefficients c(form, coefficients);
  f_.assign(form.state_size(), 0.0);
  for (const auto& term : ar_terms(form, c))
    f_[term.lag - 1] += term.weight;
  g_ = f_;
  for (const auto& term : ma_terms(form, c))
    g_[term.lag - 1] += term.weight;
}

ArimaFilter::ArimaFilter(const ArimaForm& form, std::span<const double> coefficients)
    : ArimaFilter(form, coefficients, {}) {
  const auto size = static_cast<std::size_t>(form.state_size());
  state_.mean.assign(size, 0.0);
  if (size == 0) return;
  ArimaPrior prior;
  ArimaPriorWork work;
  arima_prior(form, coefficients, prior, work);
  state_.covariance.resize(size * size);
  arima_prior_covariance(prior, state_.covariance);
}

bool ArimaFilter::is_ready() const {
  return state_.past.size() == weights_.size();
}

double ArimaFilter::integrated() const {
  double value = 0.0;
  for (std::size_t j = 0; j < weights_.size(); ++j)
    value += weights_[j] * state_.past[weights_.size() - 1 - j];
  return value;
}

double ArimaFilter::expected() const {
  return integrated() + (state_.mean.empty() ? 0.0 : state_.mean.front());
}

void ArimaFilter::remember(double value) {
  if (weights_.empty()) return;
  if (is_ready()) state_.past.erase(state_.past.begin());
  state_.past.push_back(value);
}

void ArimaFilter::advance(double value) {
  if (!is_ready()) {
    remember(value);
    return;
  }
  const double error = value - expected();
  remember(value);
  if (state_.mean.empty()) return;
  double variance = 1.0;
  std::vector<double> gain = g_;
  if (!state_.covariance.empty()) update_covariance(variance, gain);
  move_on(state_.mean, f_);
  for (std::size_t i = 0; i < gain.size(); ++i)
    state_.mean[i] += gain[i] * error;
}

void ArimaFilter::update_covariance(double& variance, std::vector<double>& gain) {
  const std::size_t size = f_.size();
  auto& v = state_.covariance;
  variance = 1.0 + v[0];
  const std::vector<double> row(v.begin(), v.begin() + static_cast<std::ptrdiff_t>(size));
  const auto next = [&](std::size_t i) { return i + 1 < size ? row[i + 1] : 0.0; };
  for (std::size_t i = 0; i < size; ++i)
    gain[i] = (next(i) + f_[i] * row[0] + g_[i]) / variance;

  double largest = 0.0;
  for (std::size_t i = 0; i < size; ++i) {
    const double a = next(i) + f_[i] * row[0];
    for (std::size_t k = 0; k < size; ++k) {
      const double shifted = i + 1 < size && k + 1 < size ? v[(i + 1) * size + k + 1] : 0.0;
      v[i * size + k] =
          shifted + a * f_[k] + f_[i] * next(k) + g_[i] * g_[k] - gain[i] * gain[k] * variance;
    }
    largest = std::max(largest, std::abs(v[i * size + i]));
  }
  if (largest < certain) v.clear();
}

// How the values to come respond to a state, and to a first value.
std::vector<double> ArimaFilter::responses(std::vector<double> state, double first,
                                           int count) const {
  std::vector<double> result;
  for (int h = 0; h < count; ++h) {
    double value = h == 0 ? first : state.empty() ? 0.0 : state.front();
    if (h > 0) move_on(state, f_);
    const std::size_t reach = std::min<std::size_t>(weights_.size(), h);
    for (std::size_t j = 0; j < reach; ++j)
      value += weights_[j] * result[h - 1 - j];
    result.push_back(value);
  }
  return result;
}

ArimaOutlook ArimaFilter::outlook(int horizon) const {
  ArimaOutlook result;
  ArimaFilter ahead = *this;
  ahead.state_.covariance.clear();
  for (int h = 0; h < horizon; ++h) {
    result.mean.push_back(ahead.expected());
    ahead.advance(result.mean.back());
  }

  const auto psi = responses(g_, 1.0, horizon);
  double sum = 0.0;
  for (const double weight : psi)
    result.variance.push_back(sum += weight * weight);
  if (state_.covariance.empty()) return result;

  // Element i of the state adds to the value of step i what a first value would, but for the MA.
  const std::size_t size = f_.size();
  const auto rho = responses(f_, 1.0, horizon);
  for (int h = 0; h < horizon; ++h) {
    const std::size_t reach = std::min<std::size_t>(size, h + 1);
    double uncertain = 0.0;
    for (std::size_t i = 0; i < reach; ++i)
      for (std::size_t k = 0; k < reach; ++k)
        uncertain += rho[h - i] * rho[h - k] * state_.covariance[i * size + k];
    result.variance[h] += std::max(0.0, uncertain);
  }
  return result;
}

}  // namespace trainyard::models

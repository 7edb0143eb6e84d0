#include "worker/models/arima/arima_covariance.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace trainyard::models {
namespace {

// γ(0) … γ(lags − 1) of the process Σ over the AR terms plus noise of variance 1.
void ar_autocovariances(int degree, std::span<const ArimaTerm> terms, std::size_t lags,
                        ArimaPriorWork& work) {
  // Step down from the full polynomial; keep the predictor of each order in its row.
  const auto order = static_cast<std::size_t>(degree);
  auto& a = work.predictors;
  a.assign(order * order, 0.0);
  for (const auto& term : terms)
    a[(order - 1) * order + term.lag - 1] = term.weight;
  double variance = 1.0;
  for (std::size_t k = order; k-- > 0;) {
    const double r = a[k * order + k];
    const double scale = 1.0 / ((1.0 - r) * (1.0 + r));
    variance *= scale;
    for (std::size_t i = 0; i < k; ++i)
      a[(k - 1) * order + i] = (a[k * order + i] + r * a[k * order + k - 1 - i]) * scale;
  }

  auto& gamma = work.autocovariances;
  gamma.assign(std::max(lags, order + 1), 0.0);
  gamma[0] = variance;
  for (std::size_t k = 1; k <= order; ++k)
    for (std::size_t j = 0; j < k; ++j)
      gamma[k] += a[(k - 1) * order + j] * gamma[k - 1 - j];
  for (std::size_t k = order + 1; k < lags; ++k)
    for (const auto& term : terms)
      gamma[k] += term.weight * gamma[k - term.lag];
}

}  // namespace

void arima_prior(const ArimaForm& form, std::span<const double> coefficients, ArimaPrior& prior,
                 ArimaPriorWork& work) {
  const ArimaCoefficients c(form, coefficients);
  const auto ar = ar_terms(form, c);
  const auto ma = ma_terms(form, c);
  const auto size = static_cast<std::size_t>(form.state_size());
  const auto reach = static_cast<std::size_t>(form.ma_degree());
  prior.f.assign(size, 0.0);
  for (const auto& term : ar)
    prior.f[term.lag - 1] += term.weight;
  prior.g = prior.f;
  for (const auto& term : ma)
    prior.g[term.lag - 1] += term.weight;

  ar_autocovariances(form.ar_degree(), ar, size + reach, work);
  const auto& gamma = work.autocovariances;

  // E u_{t+k} w_t for k = −reach … size − 1, with u the process without its MA part.
  auto& cross = work.crosses;
  cross.resize(size + reach);
  for (std::size_t i = 0; i < cross.size(); ++i) {
    const auto k = static_cast<std::ptrdiff_t>(i) - static_cast<std::ptrdiff_t>(reach);
    cross[i] = gamma[std::abs(k)];
    for (const auto& term : ma)
      cross[i] += term.weight * gamma[std::abs(k + term.lag)];
  }

  // P(1, k+1) is what φ(B) makes of γ_w(k) − ψ(k).
  auto& psi = work.responses;
  psi.assign(size, 0.0);
  psi[0] = 1.0;
  for (const auto& term : ma)
    if (std::cmp_less(term.lag, size)) psi[term.lag] += term.weight;
  auto& row = prior.row;
  row.resize(size);
  for (std::size_t k = 0; k < size; ++k) {
    row[k] = cross[k + reach];
    for (const auto& term : ma)
      row[k] += term.weight * cross[k + reach - term.lag];
    for (const auto& term : ar)
      if (std::cmp_less_equal(term.lag, k)) psi[k] += term.weight * psi[k - term.lag];
  }
  for (std::size_t k = 0; k < size; ++k)
    row[k] -= psi[k];
  for (std::size_t k = size; k-- > 0;)
    for (const auto& term : ar)
      if (std::cmp_less_equal(term.lag, k)) row[k] -= term.weight * row[k - term.lag];
}

void arima_prior_covariance(const ArimaPrior& prior, std::span<double> covariance) {
  const std::size_t size = prior.f.size();
  const auto& row = prior.row;
  for (std::size_t i = size; i-- > 1;) {
    const double next = i + 1 < size ? row[i + 1] : 0.0;
    const double a = next + prior.f[i] * row[0];
    double* out = covariance.data() + i * size;
    for (std::size_t k = 1; k < size; ++k)
      out[k] = a * prior.f[k] + prior.g[i] * prior.g[k];
    for (std::size_t k = 1; k + 1 < size; ++k)
      out[k] += prior.f[i] * row[k + 1];
    if (i + 1 < size)
      for (std::size_t k = 1; k + 1 < size; ++k)
        out[k] += out[size + k + 1];
  }
  for (std::size_t k = 0; k < size; ++k) {
    covariance[k] = row[k];
    covariance[k * size] = row[k];
  }
}

ArimaPrior arima_prior_gradient(const ArimaPrior& prior, std::span<const double> weights,
                                std::size_t size) {
  const std::size_t full = prior.f.size();
  const auto& [f, g, row] = prior;
  // What the recursion adds at (i, k) is part of all P up the diagonal to its first row or column.
  std::vector<double> sums(full * full, 0.0);
  for (std::size_t i = 1; i < full; ++i)
    for (std::size_t k = 1; k < full; ++k)
      sums[i * full + k] =
          sums[(i - 1) * full + k - 1] + (i < size && k < size ? weights[i * size + k] : 0.0);

  ArimaPrior gradient{.f = std::vector<double>(full),
                      .g = std::vector<double>(full),
                      .row = std::vector<double>(full)};
  std::vector<double> by_next(full, 0.0);  // of P(1, i + 1)
  for (std::size_t i = 1; i < full; ++i) {
    for (std::size_t k = 1; k < full; ++k) {
      const double sum = sums[i * full + k];
      const double next = k + 1 < full ? row[k + 1] : 0.0;
      gradient.f[i] += 2.0 * sum * (next + row[0] * f[k]);
      gradient.g[i] += 2.0 * sum * g[k];
      by_next[i] += 2.0 * sum * f[k];
    }
    gradient.row[0] += 0.5 * by_next[i] * f[i];
    if (i + 1 < full) gradient.row[i + 1] += by_next[i];
  }
  gradient.row[0] += weights[0];
  for (std::size_t k = 1; k < size; ++k)
    gradient.row[k] += 2.0 * weights[k];
  return gradient;
}

}  // namespace trainyard::models

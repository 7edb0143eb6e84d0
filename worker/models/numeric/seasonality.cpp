#include "worker/models/numeric/seasonality.hpp"

#include <cmath>
#include <numeric>

namespace trainyard::models {
namespace {

struct Phases {
  std::vector<double> indices;  // normalised means per phase
  double noise = 0.0;           // mean variance of those means, as far as phases repeat
};

Phases phases_of(std::span<const double> y, int season, Composition composition) {
  const std::size_t n = y.size();
  const auto m = static_cast<std::size_t>(season);
  const bool even = m % 2 == 0;
  const std::size_t half = m / 2;
  const bool ratio = composition == Composition::multiplicative;

  // Welford's sums per phase.
  std::vector<double> means(m, 0.0);
  std::vector<double> squares(m, 0.0);
  std::vector<double> counts(m, 0.0);
  double window = std::accumulate(y.begin(), y.begin() + static_cast<std::ptrdiff_t>(m), 0.0);
  for (std::size_t t = half; t + half < n; ++t) {
    // The moving sum over [t − half, t − half + m); an even season weighs both ends by a half.
    const double sum = even ? window + 0.5 * (y[t + half] - y[t - half]) : window;
    const double trend = sum / static_cast<double>(m);
    const double value = ratio ? y[t] / trend : y[t] - trend;
    const double off = value - means[t % m];
    counts[t % m] += 1.0;
    means[t % m] += off / counts[t % m];
    squares[t % m] += off * (value - means[t % m]);
    if (t - half + m < n) window += y[t - half + m] - y[t - half];
  }

  Phases phases;
  double repeated = 0.0;
  for (std::size_t i = 0; i < m; ++i) {
    if (counts[i] < 2.0) continue;
    phases.noise += squares[i] / (counts[i] - 1.0) / counts[i];
    repeated += 1.0;
  }
  if (repeated > 0.0) phases.noise /= repeated;
  const double mean = std::accumulate(means.begin(), means.end(), 0.0) / static_cast<double>(m);
  for (double& index : means)
    index = ratio ? index / mean : index - mean;
  phases.indices = std::move(means);
  return phases;
}

}  // namespace

bool is_seasonal(std::span<const double> y, int season, const std::stop_token& stop) {
  const std::size_t n = y.size();
  const auto m = static_cast<std::size_t>(season);
  if (m < 2 || n < 3 * m) return false;
  const double mean = std::accumulate(y.begin(), y.end(), 0.0) / static_cast<double>(n);
  double variance = 0.0;
  for (const double v : y)
    variance += (v - mean) * (v - mean);
  if (!(variance > 0.0)) return false;

  double r = 0.0;
  double limit = 1.0;  // 1 + 2 Σ r_k² over the lags below the season
  for (std::size_t lag = 1; lag <= m; ++lag) {
    if (stop.stop_requested()) return false;
    double covariance = 0.0;
    for (std::size_t t = lag; t < n; ++t)
      covariance += (y[t] - mean) * (y[t - lag] - mean);
    r = covariance / variance;
    if (lag < m) limit += 2.0 * r * r;
  }
  return std::abs(r) > 1.645 * std::sqrt(limit / static_cast<double>(n));
}

std::vector<double> seasonal_indices(std::span<const double> y, int season,
                                     Composition composition) {
  return phases_of(y, season, composition).indices;
}

std::vector<double> shrunken_indices(std::span<const double> y, int season,
                                     Composition composition) {
  constexpr double hopeless = 0.8;
  const auto m = static_cast<double>(season);
  if (season < 2 || static_cast<double>(y.size()) < 3.0 * m) return {};
  auto [indices, noise] = phases_of(y, season, composition);
  const double middle = composition == Composition::multiplicative ? 1.0 : 0.0;
  double spread = 0.0;
  for (const double index : indices)
    spread += (index - middle) * (index - middle) / m;
  const double factor = season > 3 ? (m - 3.0) / (m - 1.0) : 1.0;
  if (!(spread > 0.0) || factor * noise >= hopeless * spread) return {};
  for (double& index : indices)
    index = middle + (1.0 - factor * noise / spread) * (index - middle);
  return indices;
}

}  // namespace trainyard::models

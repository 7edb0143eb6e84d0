#include "worker/models/prophet/prophet_paths.hpp"

#include "worker/models/numeric/normal_bands.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace trainyard::models {

TrendChanges changes_of(const ProphetTrend& trend, const ProphetParameters& parameters,
                        double spacing) {
  const auto count = static_cast<double>(parameters.delta.size());
  if (trend.growth == Growth::flat || count == 0.0) return {};
  double sum = 0.0;
  for (const double delta : parameters.delta)
    sum += std::abs(delta);
  // No more often than once a period, however many changepoints were given to a short series.
  return {.rate = std::min(count, 1.0 / spacing), .scale = sum / count};
}

TrendPaths::TrendPaths(const TrendChanges& changes, std::size_t samples, std::uint64_t seed)
    : changes_(changes), random_(seed), deviations_(samples), slopes_(samples) {
  if (!(changes_.scale > 0.0)) changes_.rate = 0.0;
  next_changes_.reserve(samples);
  for (std::size_t i = 0; i < samples; ++i)
    next_changes_.push_back(waiting_time());
}

void TrendPaths::advance_to(double time) {
  for (std::size_t i = 0; i < deviations_.size(); ++i) {
    double at = now_;
    while (next_changes_[i] < time) {
      deviations_[i] += slopes_[i] * (next_changes_[i] - at);
      at = next_changes_[i];
      const double u = uniform();
      slopes_[i] -= std::copysign(changes_.scale, u - 0.5) * std::log(2.0 * std::min(u, 1.0 - u));
      next_changes_[i] += waiting_time();
    }
    deviations_[i] += slopes_[i] * (time - at);
  }
  now_ = time;
}

double TrendPaths::uniform() {
  return (static_cast<double>(random_() >> 11) + 0.5) * 0x1.0p-53;
}

double TrendPaths::waiting_time() {
  if (changes_.rate == 0.0) return std::numeric_limits<double>::infinity();
  return -std::log(uniform()) / changes_.rate;
}

std::vector<double> normal_quantiles(std::size_t count) {
  std::vector<double> quantiles(count);
  for (std::size_t i = 0; i < count / 2; ++i) {
    // A central band from quantile p to 1 − p holds 1 − 2p.
    const double p = (static_cast<double>(i) + 0.5) / static_cast<double>(count);
    const double z = band_width(100.0 * (1.0 - 2.0 * p));
    quantiles[i] = -z;
    quantiles[count - 1 - i] = z;
  }
  return quantiles;
}

}  // namespace trainyard::models

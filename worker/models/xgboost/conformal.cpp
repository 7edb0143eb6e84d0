#include "worker/models/xgboost/conformal.hpp"

#include "worker/models/numeric/normal_bands.hpp"

#include <algorithm>
#include <cmath>

namespace trainyard::models {

ConformalBands::ConformalBands(const std::vector<std::vector<double>>& errors) {
  std::vector<double> counts;
  for (const auto& origin : errors)
    for (std::size_t h = 0; h < origin.size(); ++h) {
      if (h >= typical_.size()) {
        typical_.push_back(0.0);
        counts.push_back(0.0);
      }
      typical_[h] += std::abs(origin[h]);
      counts[h] += 1.0;
    }
  for (std::size_t h = 0; h < typical_.size(); ++h) {
    typical_[h] /= counts[h];
    if (h > 0) typical_[h] = std::max(typical_[h], typical_[h - 1]);
  }
  for (const auto& origin : errors)
    for (std::size_t h = 0; h < origin.size(); ++h)
      scores_.push_back(typical_[h] > 0.0 ? std::abs(origin[h]) / typical_[h] : 0.0);
  std::ranges::sort(scores_);
}

double ConformalBands::half_width(double level, int step) const {
  return score(level) * typical(step);
}

// Past the steps that were measured errors grow as those of a random walk.
double ConformalBands::typical(int step) const {
  const auto measured = static_cast<int>(typical_.size());
  if (step <= measured) return typical_[step - 1];
  return typical_.back() * std::sqrt(static_cast<double>(step) / measured);
}

double ConformalBands::score(double level) const {
  const auto n = static_cast<double>(scores_.size());
  const double rank = std::ceil((n + 1.0) * level / 100.0);
  if (rank <= n) return scores_[static_cast<std::size_t>(rank) - 1];
  const double highest_level = 100.0 * n / (n + 1.0);
  return scores_.back() * band_width(level) / band_width(highest_level);
}

}  // namespace trainyard::models

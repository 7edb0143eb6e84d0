#pragma once

#include <algorithm>
#include <cmath>
#include <span>

namespace trainyard::models {

// The quantile p of the values, at least one, by linear interpolation between ranks. Changes their
// order.
inline double quantile(std::span<double> values, double p) {
  const double rank = p * static_cast<double>(values.size() - 1);
  const auto below = values.begin() + static_cast<std::ptrdiff_t>(rank);
  std::ranges::nth_element(values, below);
  const double share = rank - std::floor(rank);
  if (share == 0.0) return *below;
  return *below + share * (*std::min_element(below + 1, values.end()) - *below);
}

}  // namespace trainyard::models

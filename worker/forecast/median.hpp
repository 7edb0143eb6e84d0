#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace trainyard::forecast {

// Of at least one value, which it reorders; the mean of the middle two where there are two.
inline double median(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  if (values.size() % 2 == 1) return *middle;
  return 0.5 * *std::max_element(values.begin(), middle) + 0.5 * *middle;
}

}  // namespace trainyard::forecast

#pragma once

#include <algorithm>
#include <cstdint>

namespace trainyard::ports {

// The total of a list is counted so far and no further, so that a page of ten million jobs costs no
// more than one of ten thousand: a total above it says only that there are more.
inline constexpr std::int64_t counted_max = 10'000;

inline bool is_exact(std::int64_t total) {
  return total <= counted_max;
}
// As it is told to people.
inline std::int64_t told_total(std::int64_t total) {
  return std::min(total, counted_max);
}

}  // namespace trainyard::ports

#include "worker/forecast/mixed_frequency.hpp"

#include "worker/forecast/infer_frequency.hpp"

#include <algorithm>

namespace trainyard::forecast {
namespace {

constexpr std::size_t run_min = 5;

bool are_neighbours(TimePoint anchor, TimePoint from, TimePoint to,
                    const domain::Frequency& frequency) {
  const auto first = domain::periods_between(anchor, from, frequency);
  const auto second = domain::periods_between(anchor, to, frequency);
  return first && second && *second == *first + 1;
}

}  // namespace

std::optional<MixedFrequency> mixed_frequency(std::span<const TimePoint> times) {
  if (times.size() < 2 * run_min - 1) return std::nullopt;
  const auto head = times.first(run_min);
  const auto tail = times.last(run_min);
  const auto before = infer_frequency(head);
  const auto after = infer_frequency(tail);
  if (!before || !after || before == after) return std::nullopt;

  std::size_t last = 0;
  while (last + 1 < times.size() &&
         are_neighbours(anchor_of(head), times[last], times[last + 1], *before)) {
    ++last;
  }
  std::size_t first = times.size() - 1;
  while (first > 0 && are_neighbours(anchor_of(tail), times[first - 1], times[first], *after))
    --first;

  const bool is_regular = last + 1 == times.size() || first == 0;
  const bool are_long = last + 1 >= run_min && times.size() - first >= run_min;
  if (is_regular || !are_long || last < first) return std::nullopt;
  return MixedFrequency{.before = *before, .after = *after, .change = times[last]};
}

}  // namespace trainyard::forecast

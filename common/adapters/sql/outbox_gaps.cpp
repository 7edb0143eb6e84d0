#include "common/adapters/sql/outbox_gaps.hpp"

#include <limits>

namespace trainyard::sql {

std::vector<ports::OutboxRange> gaps_between(std::span<const ports::OutboxRange> skip) {
  std::vector<ports::OutboxRange> gaps;
  std::int64_t from = 0;
  for (const auto& range : skip) {
    if (range.first > from) gaps.push_back({.first = from, .last = range.first - 1});
    from = range.last + 1;
  }
  gaps.push_back({.first = from, .last = std::numeric_limits<std::int64_t>::max()});
  return gaps;
}

}  // namespace trainyard::sql

#include "common/adapters/kafka/offset_ledger.hpp"

#include <algorithm>

namespace trainyard::kafka {

void OffsetLedger::received(std::int64_t offset) {
  // Going back means that the partition was read again from an earlier place.
  if (!open_.empty() && offset <= open_.back().offset) open_.clear();
  open_.push_back({offset, false});
}

void OffsetLedger::done(std::int64_t offset) {
  const auto entry = std::ranges::lower_bound(open_, offset, {}, &Entry::offset);
  if (entry == open_.end() || entry->offset != offset) return;
  entry->done = true;
  while (!open_.empty() && open_.front().done) {
    front_ = open_.front().offset + 1;
    open_.pop_front();
  }
}

std::optional<std::int64_t> OffsetLedger::take_committable() {
  if (!has_committable()) return std::nullopt;
  taken_ = front_;
  return taken_;
}

}  // namespace trainyard::kafka

#include "common/adapters/embedded_bus/group_queue.hpp"

namespace trainyard::embedded_bus {

void GroupQueue::push(std::shared_ptr<Stored> stored) {
  items_.push_back({.stored = std::move(stored)});
  ++waiting_;
}

void GroupQueue::take(MemberId member, std::size_t limit, std::vector<ports::Delivery>& into) {
  for (; next_ < items_.size() && into.size() < limit; ++next_) {
    auto& item = items_[next_];
    if (item.done || item.holder != nullptr) continue;
    item.holder = member;
    --waiting_;
    into.push_back({item.stored->message, item.stored->position});
  }
}

void GroupQueue::done(std::int64_t offset, Finished& finished) {
  if (items_.empty()) return;
  const auto distance = offset - items_.front().stored->position.offset;
  if (distance < 0 || distance >= static_cast<std::int64_t>(items_.size())) return;
  auto& item = items_[static_cast<std::size_t>(distance)];
  if (item.done) return;
  if (item.holder == nullptr) --waiting_;  // came back from a member that finished it after all
  item.done = true;
  ++done_;
  if (--item.stored->groups_unfinished == 0) finished.push_back(std::move(item.stored));
  while (!items_.empty() && items_.front().done) {
    items_.pop_front();
    --done_;
    if (next_ > 0) --next_;
  }
}

void GroupQueue::release(MemberId member) {
  for (std::size_t i = items_.size(); i-- > 0;) {
    auto& item = items_[i];
    if (item.done || item.holder != member) continue;
    item.holder = nullptr;
    ++waiting_;
    if (i < next_) next_ = i;
  }
}

void GroupQueue::drain(Finished& into) {
  for (auto& item : items_) {
    if (!item.done && --item.stored->groups_unfinished == 0) into.push_back(std::move(item.stored));
  }
  items_.clear();
}

}  // namespace trainyard::embedded_bus

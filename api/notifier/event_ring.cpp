#include "api/notifier/event_ring.hpp"

#include <algorithm>
#include <charconv>

namespace trainyard::notifier {
namespace {

constexpr std::size_t partitions_max = 1'024;

}  // namespace

StreamPosition StreamPosition::at_end(const std::vector<ports::Position>& ends) {
  StreamPosition position;
  for (const auto& end : ends) {
    position.epoch = end.epoch;
    const auto partition = static_cast<std::size_t>(end.partition);
    if (position.next.size() <= partition) position.next.resize(partition + 1, 0);
    position.next[partition] = end.offset;
  }
  return position;
}

std::optional<StreamPosition> StreamPosition::parse(const wire::ClientMessage::Since& since) {
  StreamPosition position{.epoch = since.epoch, .next = {}};
  const char* at = since.offset.data();
  const char* end = at + since.offset.size();
  while (at < end && position.next.size() < partitions_max) {
    std::int64_t next = 0;
    const auto read = std::from_chars(at, end, next);
    if (read.ec != std::errc() || next < 0) return std::nullopt;
    position.next.push_back(next);
    at = read.ptr;
    if (at < end && *at++ != '.') return std::nullopt;
  }
  if (at < end || position.next.empty()) return std::nullopt;
  return position;
}

void StreamPosition::pass(const ports::Position& message) {
  const auto partition = static_cast<std::size_t>(message.partition);
  if (next.size() <= partition) next.resize(partition + 1, 0);
  next[partition] = std::max(next[partition], message.offset + 1);
}

std::string StreamPosition::offset() const {
  std::string text;
  for (const auto number : next) {
    if (!text.empty()) text += '.';
    text += std::to_string(number);
  }
  return text;
}

void EventRing::restart(StreamPosition position) {
  entries_.clear();
  floor_ = position;
  position_ = std::move(position);
}

const RingEntry& EventRing::keep(std::shared_ptr<const wire::News> news,
                                 const ports::Position& at) {
  if (entries_.size() >= entries_max_) {
    floor_.pass(entries_.front().at);
    entries_.pop_front();
  }
  return entries_.emplace_back(std::move(news), at, position_.offset());
}

bool EventRing::covers(const StreamPosition& since) const {
  if (since.epoch != position_.epoch || since.next.size() > position_.next.size()) return false;
  for (std::size_t p = 0; p < position_.next.size(); ++p) {
    const auto seen = p < since.next.size() ? since.next[p] : 0;
    const auto lowest = p < floor_.next.size() ? floor_.next[p] : 0;
    if (seen < lowest || seen > position_.next[p]) return false;
  }
  return true;
}

std::vector<RingEntry> EventRing::after(const StreamPosition& since) const {
  std::vector<RingEntry> found;
  for (const auto& entry : entries_) {
    const auto partition = static_cast<std::size_t>(entry.at.partition);
    const auto seen = partition < since.next.size() ? since.next[partition] : 0;
    if (entry.at.offset >= seen) found.push_back(entry);
  }
  return found;
}

}  // namespace trainyard::notifier

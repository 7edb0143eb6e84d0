#pragma once

#include "common/ports/event_bus.hpp"
#include "common/wire/live_messages.hpp"

#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace trainyard::notifier {

// How much of a topic is seen: everything below next[p] of each partition p. It means the same on
// every instance, and nothing in another epoch of the topic.
struct StreamPosition {
  std::string epoch;
  std::vector<std::int64_t> next;

  static StreamPosition at_end(const std::vector<ports::Position>& ends);
  // What a client sends back; nullopt when it is none of ours.
  static std::optional<StreamPosition> parse(const wire::ClientMessage::Since& since);
  void pass(const ports::Position& message);
  std::string offset() const;  // "12.7.0", opaque to clients
};

struct RingEntry {
  std::shared_ptr<const wire::News> news;
  ports::Position at;
  std::string offset;  // of the position after it
};

// The recent past of the stream, for clients that come back. Bounded: the oldest entries go. Pure.
class EventRing {
 public:
  explicit EventRing(std::size_t entries_max) : entries_max_(entries_max) {}

  // Forgets everything: the stream goes on from here, perhaps after a gap.
  void restart(StreamPosition position);
  // Notes that a message was seen; keep() also holds what it said.
  void pass(const ports::Position& message) { position_.pass(message); }
  const RingEntry& keep(std::shared_ptr<const wire::News> news, const ports::Position& at);

  const StreamPosition& position() const { return position_; }
  // Whether everything after `since` is still here.
  bool covers(const StreamPosition& since) const;
  std::vector<RingEntry> after(const StreamPosition& since) const;

 private:
  std::size_t entries_max_;
  StreamPosition position_;
  StreamPosition floor_;  // what is below is gone
  std::deque<RingEntry> entries_;
};

}  // namespace trainyard::notifier

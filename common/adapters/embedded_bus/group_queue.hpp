#pragma once

#include "common/ports/event_bus.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

namespace trainyard::embedded_bus {

using Report = std::function<void(std::size_t, Result<void>)>;

// A published message, shared by everyone who has yet to see it.
struct Stored {
  ports::Message message;
  ports::Position position;
  std::shared_ptr<const Report> report;
  std::size_t index = 0;  // of the message in its publish() call
  int groups_unfinished = 0;
};

// Reports to give once the lock is released.
using Finished = std::vector<std::shared_ptr<Stored>>;

// Identifies a member of a group; never dereferenced here.
using MemberId = const void*;

// One partition of one topic, as one group sees it: what is waiting, what is out with a member, and
// what of that is done. Offsets are gap-free. Not thread-safe.
class GroupQueue {
 public:
  void push(std::shared_ptr<Stored> stored);
  // Hands up to `limit` waiting messages to the member.
  void take(MemberId member, std::size_t limit, std::vector<ports::Delivery>& into);
  // Counts one group less on the message at `offset`; into `finished` when it was the last.
  void done(std::int64_t offset, Finished& finished);
  // What the member had and did not finish waits again, in its old place.
  void release(MemberId member);

  bool has_waiting() const { return waiting_ > 0; }
  std::size_t unfinished() const { return items_.size() - done_; }
  void drain(Finished& into);  // everything unfinished, when the bus ends

 private:
  struct Item {
    std::shared_ptr<Stored> stored;
    MemberId holder = nullptr;
    bool done = false;
  };

  std::deque<Item> items_;
  std::size_t next_ = 0;     // nothing before it is waiting
  std::size_t waiting_ = 0;  // held by nobody and not done
  std::size_t done_ = 0;     // done, and behind one that is not
};

}  // namespace trainyard::embedded_bus

#pragma once

#include <cstdint>
#include <deque>
#include <optional>

namespace trainyard::kafka {

// The offsets of one partition between delivery and commit: received in order, done in any order.
// What may be committed is the gap-free front, as the offset to go on from. Pure.
class OffsetLedger {
 public:
  void received(std::int64_t offset);  // rising, with gaps where the log has them
  void done(std::int64_t offset);      // unknown ones are ignored: they were another owner's
  // Where to go on from, when that moved since the last call.
  std::optional<std::int64_t> take_committable();
  // The last one did not reach the broker.
  void not_committed() { taken_.reset(); }
  bool has_committable() const { return front_ && front_ != taken_; }

 private:
  struct Entry {
    std::int64_t offset;
    bool done;
  };

  std::deque<Entry> open_;
  std::optional<std::int64_t> front_;
  std::optional<std::int64_t> taken_;
};

}  // namespace trainyard::kafka

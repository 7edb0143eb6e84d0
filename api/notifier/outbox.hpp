#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

namespace trainyard::notifier {

struct Frame {
  std::shared_ptr<const std::string> text;
  std::string progress_of;    // what takes its place when newer; empty: must be sent
  std::string position = {};  // of the stream after it, "<epoch>:<offset>"; empty: not known
};

// What waits to be sent to one client. Bounded: newer progress replaces older of the same job, and
// when there is still no room the oldest that may be left out goes. It moves to the end when
// replaced, so that the positions that a client sees never run ahead of what it has received. Pure.
class Outbox {
 public:
  explicit Outbox(std::size_t frames_max) : frames_max_(frames_max) {}

  // False when only frames that must be sent are left and there is no room: the client is too slow.
  bool push(Frame frame);
  std::optional<Frame> pop();
  bool empty() const { return frames_.empty(); }
  void clear();

 private:
  void erase(std::uint64_t number);

  std::size_t frames_max_;
  std::uint64_t next_ = 0;
  std::map<std::uint64_t, Frame> frames_;
  std::unordered_map<std::string, std::uint64_t> progress_;
};

}  // namespace trainyard::notifier

#pragma once

#include "common/base/time.hpp"

#include <chrono>
#include <mutex>
#include <optional>

namespace trainyard::postgres {

// The server's time without asking for it: what the last statement saw, and what has passed here
// since its answer came. So it is never ahead of the server by more than the clocks drift apart
// between two statements. Thread-safe.
class ServerClock {
 public:
  void saw(TimePoint server_time) {
    const std::lock_guard lock(mutex_);
    seen_ = server_time;
    seen_at_ = std::chrono::steady_clock::now();
  }

  // nullopt before the first statement, and when the last one is so long ago that the server's
  // clock may have been set meanwhile.
  std::optional<TimePoint> now() const {
    const std::lock_guard lock(mutex_);
    const auto passed = std::chrono::steady_clock::now() - seen_at_;
    if (!seen_ || passed > fresh_for) return std::nullopt;
    return *seen_ + std::chrono::duration_cast<TimePoint::duration>(passed);
  }

 private:
  static constexpr std::chrono::seconds fresh_for{1};

  mutable std::mutex mutex_;
  std::optional<TimePoint> seen_;
  std::chrono::steady_clock::time_point seen_at_;
};

}  // namespace trainyard::postgres

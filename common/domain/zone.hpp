#pragma once

#include <chrono>

namespace trainyard::domain {

// Wall-clock time somewhere, and an instant; both to the second, which is as fine as cron goes.
using LocalSeconds = std::chrono::local_seconds;
using Instant = std::chrono::sys_seconds;

// The offset from UTC that holds from `begin` until just before `end`.
struct ZoneSpan {
  Instant begin;
  Instant end;
  std::chrono::seconds offset;
};

// A time zone's rules. Immutable, so thread-safe.
class Zone {
 public:
  virtual ~Zone() = default;
  virtual ZoneSpan span_at(Instant instant) const = 0;
};

}  // namespace trainyard::domain

#pragma once

#include "common/base/error.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace trainyard {

// UTC, microseconds: what PostgreSQL keeps, so a time survives every store unchanged.
using TimePoint = std::chrono::sys_time<std::chrono::microseconds>;
using std::chrono::milliseconds;

// "2026-01-20T15:30:00.123456Z"; the fraction is left out when zero.
std::string to_iso8601(TimePoint time);

// Accepts the form above and numeric offsets (+02:00). Errc::invalid_argument otherwise.
Result<TimePoint> from_iso8601(std::string_view text);

// The only source of wall time. Thread-safe. Leases compare times of the database, not this.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint now() const = 0;
};

const Clock& system_clock();

}  // namespace trainyard

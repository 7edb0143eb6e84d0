#pragma once

#include "common/base/uuid.hpp"
#include "common/ports/job_store.hpp"

#include <chrono>
#include <span>
#include <unordered_map>
#include <vector>

namespace trainyard::control {

// Decides which leases that the store calls expired are really dead: those whose fence and renewal
// count stay the same for a whole lease by the reaper's own clock. So neither a jump of the
// database's clock nor a fail-over that lost renewals takes a job from a living worker. Pure.
class LeaseWatch {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  explicit LeaseWatch(milliseconds lease) : lease_(lease) {}

  // All leases that are expired now; answers those that are to be rescued. What is missing from
  // the set was renewed or ended, and is forgotten.
  std::vector<ports::LeaseSnapshot> observe(std::span<const ports::LeaseSnapshot> expired,
                                            TimePoint now);
  // When the next one is due; max() when none is watched.
  TimePoint next_due() const;

 private:
  struct Seen {
    std::int64_t fence;
    std::int64_t renewals;
    TimePoint since;
  };

  milliseconds lease_;
  std::unordered_map<JobId, Seen> seen_;
};

}  // namespace trainyard::control

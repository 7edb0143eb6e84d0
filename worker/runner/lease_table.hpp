#pragma once

#include "common/ports/job_store.hpp"
#include "common/wire/job_events.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <unordered_map>
#include <vector>

namespace trainyard::runner {

using Boottime = std::chrono::nanoseconds;  // CLOCK_BOOTTIME

// The leases this worker holds: from the claim's commit until the end is written down or the lease
// is lost. What is not in here any more must not be reported for. Thread-safe.
class LeaseTable {
 public:
  // A lease of `length` from `since`. False when the job was held already, under a fence that is
  // over now: its work must end.
  bool add(const domain::Job& job, Boottime since, std::chrono::milliseconds length);
  // False when it was not held (any more).
  bool remove(JobId job, std::int64_t fence);
  // Until when it holds, renewed at `since`; nullopt when it is not held.
  std::optional<Boottime> extend(JobId job, std::int64_t fence, Boottime since);
  // Claims the right to report the end; false when it is not held or another end is on its way.
  bool begin_end(JobId job, std::int64_t fence);

  bool holds(JobId job, std::int64_t fence, Boottime now) const;
  std::vector<ports::LeaseRef> refs() const;
  std::optional<std::int64_t> fence_of(JobId job) const;
  std::vector<ports::LeaseRef> take_expired(Boottime now);
  // Of what is held, or `otherwise`.
  std::chrono::milliseconds shortest(std::chrono::milliseconds otherwise) const;
  int size() const;
  // Who the job is and the next number for its progress events; nullopt when the end has begun.
  std::optional<wire::JobProgress> next_progress(JobId job, std::int64_t fence);

  // A cancel may overtake the claim that it is about: the latest thousand are remembered.
  void note_cancel(JobId job);
  bool take_cancel(JobId job);

  // Wait until something is held, or nothing is; false when stopped or the time is over.
  bool await_any(std::stop_token stop);
  bool await_any(std::stop_token stop, std::chrono::milliseconds timeout);
  bool await_none(std::chrono::milliseconds timeout);

 private:
  struct Held {
    std::int64_t fence = 0;
    Boottime until{0};
    std::chrono::milliseconds length{0};
    bool ending = false;
    wire::JobProgress identity;
  };

  Held* find(JobId job, std::int64_t fence);

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;  // between none and some
  std::unordered_map<JobId, Held> held_;
  std::deque<JobId> cancels_;
};

}  // namespace trainyard::runner

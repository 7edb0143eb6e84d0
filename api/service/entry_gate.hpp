#pragma once

#include "common/domain/job_command.hpp"
#include "common/ports/dispatch_store.hpp"

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

namespace trainyard::service {

// Decides how new jobs enter: announced at once while nothing competes (the workers have room,
// nobody waits and no limit is about them), else in line, where the dispatcher says whose turn it
// is. Refuses jobs beyond a backlog limit. What it knows of the store is some milliseconds old,
// which may let a few more jobs past than there is room for; limits are never overrun by it, since
// jobs with limits always go in line. Thread-safe; may read the store.
class EntryGate {
 public:
  explicit EntryGate(ports::DispatchStore& line) : line_(line) {}

  // Sets `entry` of the jobs that are to be submitted. A job in the answer is refused
  // (Errc::limited, naming the limit).
  std::vector<std::optional<Error>> decide(std::span<domain::NewJob> jobs);
  // The same for a set in one lane, all or none: how many of the first are announced at once.
  // Errors: limited.
  Result<std::size_t> decide(const domain::Lane& lane, std::size_t jobs);
  // Limits changed: look at once.
  void forget();

 private:
  using Clock = std::chrono::steady_clock;

  struct Backlog {
    int waiting = 0;
    Clock::time_point counted_at;
  };

  void refresh_limits();
  Result<domain::Entry> entry_of(const domain::Lane& lane);
  bool takes_room();
  std::optional<Error> over_backlog(const domain::Lane& lane);

  ports::DispatchStore& line_;
  std::mutex mutex_;
  std::vector<domain::Limit> limits_;
  std::optional<Clock::time_point> limits_read_at_;
  int room_ = 0;
  std::optional<Clock::time_point> room_read_at_;
  std::map<domain::BucketKey, Backlog> backlogs_;
};

}  // namespace trainyard::service

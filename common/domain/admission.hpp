#pragma once

#include "common/base/uuid.hpp"
#include "common/domain/limit.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

// Whose turn it is. Pure: both stores ask here, so a laptop orders and limits exactly as a fleet.

namespace trainyard::domain {

// How much a point of priority is worth in waiting time. A job that has waited this much longer
// stands level with one that is a point more urgent: everything gets its turn.
inline constexpr std::chrono::seconds ageing{60};

// The place in line: the smaller, the sooner. It never changes while a job waits, although its
// urgency rises with time, because everybody else's rises as fast.
constexpr TimePoint rank_of(TimePoint since, int priority) {
  return since - priority * ageing;
}

struct WaitingJob {
  JobId id;
  std::int64_t dispatch_no = 0;
  TimePoint rank;
};

struct WaitingLane {
  Lane lane;
  std::vector<WaitingJob> jobs;  // the first ones in line, by rank
};

// Jobs of a lane that are announced or running.
struct BusyLane {
  Lane lane;
  int jobs = 0;
};

// What is left in the token bucket of a limit (queue "gpu", user "*" for user "ann": each name has
// a bucket of its own).
struct Bucket {
  double tokens = 0.0;
  TimePoint at;  // when it had them
  bool operator==(const Bucket&) const = default;
};
using BucketKey = std::pair<LimitScope, std::string>;
using Buckets = std::map<BucketKey, Bucket>;

struct AdmissionQuestion {
  std::span<const WaitingLane> waiting;
  std::span<const BusyLane> busy;
  std::span<const Limit> limits;
  int room = 0;  // how many jobs the workers can take on
  TimePoint now;
};

struct AdmissionAnswer {
  std::vector<WaitingJob> admitted;
  // When a job that a rate or a pause held back may go; nullopt when time alone frees none.
  std::optional<TimePoint> next_at;
  // A job waits for another that counts against the same limit to end.
  bool waits_for_an_end = false;
};

// Chooses up to `room` jobs, one after the other: of the users who have a job that no limit holds
// back, the one with the fewest jobs announced or running, and of that user's lanes the one whose
// first job ranks lowest. `buckets` are refilled and drained.
AdmissionAnswer choose(const AdmissionQuestion& question, Buckets& buckets);

// What holds a lane back at the moment, for people and for choose().
enum class HeldBy { nothing, pause, concurrency, rate };
struct Hold {
  HeldBy by = HeldBy::nothing;
  LimitScope scope = LimitScope::queue;
  std::string name;                // as in the lane
  std::optional<TimePoint> until;  // of a pause or a rate
  int in_flight = 0;               // of a concurrency limit, with `allowed`
  int allowed = 0;
  std::string reason;  // of a pause
};

// Counts by scope and name what is announced or running.
class InFlight {
 public:
  explicit InFlight(std::span<const BusyLane> busy);
  void add(const Lane& lane, int jobs);
  int of(LimitScope scope, const std::string& name) const;

 private:
  std::map<BucketKey, int> counts_;
};

Hold hold_on(const Lane& lane, std::span<const Limit> limits, const InFlight& in_flight,
             const Buckets& buckets, TimePoint now);

}  // namespace trainyard::domain

#pragma once

#include "common/base/error.hpp"
#include "common/domain/admission.hpp"
#include "common/domain/job.hpp"
#include "common/domain/limit.hpp"

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

// Whose turn it is, and what stands against it: the line of waiting jobs, the limits, and what the
// workers can take on. Lives in the same database as the jobs; errors and times as in JobStore.
// Contract suite: tests/contract/dispatch_store.

namespace trainyard::ports {

// What a worker says of itself. It counts until it is worker_ttl old.
struct WorkerReport {
  std::string worker_id;  // unique per boot
  int slots = 0;          // jobs that it runs at the same time
  int appetite = 0;       // jobs that it would hold now; more than slots while they are short
};
inline constexpr milliseconds worker_ttl{60'000};

struct WorkerState {
  WorkerReport report;
  TimePoint seen_at;
};

struct Capacity {
  TimePoint now;  // the store's time
  int workers = 0;
  int slots = 0;      // of all workers that count
  int appetite = 0;   // likewise
  int running = 0;    // jobs under a lease
  int announced = 0;  // jobs that a worker is to claim
  int due = 0;        // 1 when a job in line is due, else 0

  // How many more jobs may be announced. Workers that are fed ahead empty the line in moments, so
  // several times as many are kept on their way to them; behind long jobs one is enough, and what
  // comes later keeps its say.
  int room() const {
    const int on_their_way = 1 + 4 * std::max(0, appetite - slots);
    return std::max(0, appetite + on_their_way - running - announced);
  }
};

// Everything that domain::choose() asks for beside the limits.
struct Line {
  std::vector<domain::WaitingLane> waiting;  // due jobs, by lane
  std::vector<domain::BusyLane> busy;
};

// What stands before a waiting job.
struct Place {
  int ahead_in_lane = 0;  // of its queue, user and key
  int ahead_of_user = 0;  // of its user
  int users_in_line = 0;  // this one included
};

class DispatchStore {
 public:
  virtual ~DispatchStore() = default;

  // --- the line ----------------------------------------------------------------------------------
  // Runs `work` while no other process runs its own: between counting what is in flight and
  // announcing more, nobody else announces. Errors: the work's, unavailable.
  virtual Result<void> alone(const std::function<Result<void>()>& work) = 0;
  virtual Result<Capacity> capacity() = 0;
  // `limit` due jobs or more when there are as many; each lane has its first ones.
  virtual Result<Line> line(int limit) = 0;
  // Announced and unclaimed jobs that a limit of this name is about.
  virtual Result<std::vector<domain::WaitingJob>> announced(domain::LimitScope scope,
                                                            std::string_view name) = 0;
  // Jobs in line, due or not, counted up to `most`.
  virtual Result<int> backlog(domain::LimitScope scope, std::string_view name, int most) = 0;
  // Counted up to `most` each.
  virtual Result<Place> place(const domain::Job& waiting, int most) = 0;

  // --- limits ------------------------------------------------------------------------------------
  virtual Result<void> put_limit(
      const domain::Limit& limit) = 0;  // new, or in place of the old one
  virtual Result<void> remove_limit(domain::LimitScope scope,
                                    std::string_view name) = 0;  // not_found
  virtual Result<std::vector<domain::Limit>> limits() = 0;       // by scope and name
  virtual Result<domain::Buckets> buckets() = 0;
  virtual Result<void> put_buckets(const domain::Buckets& buckets) = 0;  // the others stay

  // --- workers -----------------------------------------------------------------------------------
  virtual Result<void> report(const WorkerReport& worker) = 0;
  virtual Result<void> forget(std::string_view worker_id) = 0;
  virtual Result<std::vector<WorkerState>> workers() = 0;  // those that count, by id
};

}  // namespace trainyard::ports

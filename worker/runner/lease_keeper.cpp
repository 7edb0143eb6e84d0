#include "worker/runner/lease_keeper.hpp"

#include "common/runtime/child_pool.hpp"
#include "common/runtime/pause.hpp"

namespace trainyard::runner {
namespace {

constexpr int renewals_per_lease = 3;
constexpr int attempts_per_renewal = 4;  // while the store is away

}  // namespace

LeaseKeeper::LeaseKeeper(log::Log log, ports::JobStore& store, ports::Executor& executor,
                         LeaseTable& leases, std::string worker_id, std::chrono::milliseconds lease)
    : log_(std::move(log)),
      store_(store),
      executor_(executor),
      leases_(leases),
      worker_id_(std::move(worker_id)),
      lease_(lease),
      outage_(log_, "store (renewing leases)") {}

void LeaseKeeper::run(std::stop_token stop) {
  bool renewed = true;
  while (leases_.await_any(stop)) {
    const auto interval = leases_.shortest(lease_) / renewals_per_lease;
    if (runtime::pause_for(stop, renewed ? interval : interval / attempts_per_renewal)) return;
    drop_expired();
    renewed = renew();
  }
}

void LeaseKeeper::drop_expired() {
  for (const auto& [job, fence] : leases_.take_expired(runtime::boottime_now())) {
    log_.warn("lease ran out before it could be renewed", {{"job_id", job.to_string()}});
    executor_.abandon(job);
  }
}

bool LeaseKeeper::renew() {
  const auto refs = leases_.refs();
  if (refs.empty()) return true;
  const auto sent_at = runtime::boottime_now();
  const auto renewed = store_.renew(worker_id_, refs, lease_);
  if (!renewed) {
    outage_.failed(renewed.error());
    return false;
  }
  outage_.over();
  std::unordered_map<JobId, ports::Renewal> by_job;
  for (const auto& renewal : *renewed)
    by_job.emplace(renewal.job_id, renewal);
  for (const auto& [job, fence] : refs) {
    const auto found = by_job.find(job);
    if (found == by_job.end() || found->second.fence != fence) {
      // One whose end was written meanwhile is not held any more, and nothing was lost.
      if (!leases_.remove(job, fence)) continue;
      log_.warn("lease is lost", {{"job_id", job.to_string()}});
      executor_.abandon(job);
      continue;
    }
    const auto until = leases_.extend(job, fence, sent_at);
    if (!until) continue;
    executor_.lease_extended(job, *until);
    if (found->second.cancel_requested) executor_.cancel(job);
  }
  return true;
}

}  // namespace trainyard::runner

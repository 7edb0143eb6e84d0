#pragma once

#include "common/log/log.hpp"
#include "common/ports/executor.hpp"
#include "common/ports/job_store.hpp"
#include "common/runtime/outage.hpp"
#include "worker/runner/lease_table.hpp"

#include <stop_token>
#include <string>

namespace trainyard::runner {

// Renews all leases at a third of the shortest one's time, from a thread that no training can
// starve, and acts on what comes back: a lease that is missing is lost, so its child is killed; a
// cancel is passed on. A lease that could not be renewed ends here by this machine's own clock,
// counted from before the last renewal was sent, so that two workers never believe in the same job.
class LeaseKeeper {
 public:
  LeaseKeeper(log::Log log, ports::JobStore& store, ports::Executor& executor, LeaseTable& leases,
              std::string worker_id, std::chrono::milliseconds lease);

  void run(std::stop_token stop);

 private:
  bool renew();  // false when the store did not answer
  void drop_expired();

  log::Log log_;
  ports::JobStore& store_;
  ports::Executor& executor_;
  LeaseTable& leases_;
  const std::string worker_id_;
  const std::chrono::milliseconds lease_;
  runtime::Outage outage_;
};

}  // namespace trainyard::runner

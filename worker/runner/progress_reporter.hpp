#pragma once

#include "common/log/log.hpp"
#include "common/ports/event_bus.hpp"
#include "common/ports/job_store.hpp"
#include "common/runtime/outage.hpp"
#include "worker/runner/lease_table.hpp"

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <string>
#include <unordered_map>

namespace trainyard::runner {

// Passes on the latest progress of each job, at most four times a second and all jobs together, to
// the store and to the bus. Losing progress is harmless: the next report says more.
class ProgressReporter {
 public:
  ProgressReporter(log::Log log, ports::JobStore& store, ports::EventBus& bus, LeaseTable& leases,
                   std::string source);

  void report(ports::ProgressReport progress);  // thread-safe, never blocks for long
  void run(std::stop_token stop);

 private:
  void pass_on(std::unordered_map<JobId, ports::ProgressReport> latest);

  log::Log log_;
  ports::JobStore& store_;
  ports::EventBus& bus_;
  LeaseTable& leases_;
  const std::string source_;
  runtime::Outage outage_;
  std::mutex mutex_;
  std::condition_variable_any some_;
  std::unordered_map<JobId, ports::ProgressReport> latest_;
};

}  // namespace trainyard::runner

#pragma once

#include "common/log/log.hpp"
#include "common/ports/dispatch_store.hpp"
#include "common/ports/executor.hpp"
#include "common/runtime/outage.hpp"
#include "worker/runner/lease_table.hpp"

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>

namespace trainyard::runner {

// Tells the store what this worker can take on: when it changes much, and often enough to count.
// What is announced depends on it, and so does the answer to why a job waits.
class CapacityReporter {
 public:
  CapacityReporter(log::Log log, ports::DispatchStore& store, ports::Executor& executor,
                   LeaseTable& leases, std::string worker_id);

  void run(std::stop_token stop);
  void forget();  // the worker goes

 private:
  bool is_news(const ports::WorkerReport& report) const;

  log::Log log_;
  ports::DispatchStore& store_;
  ports::Executor& executor_;
  LeaseTable& leases_;
  ports::WorkerReport told_;
  std::optional<std::chrono::steady_clock::time_point> told_at_;
  runtime::Outage outage_;
};

}  // namespace trainyard::runner

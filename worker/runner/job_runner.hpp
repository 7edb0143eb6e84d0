#pragma once

#include "common/log/log.hpp"
#include "common/ports/dispatch_store.hpp"
#include "common/ports/event_bus.hpp"
#include "common/ports/executor.hpp"
#include "common/ports/job_log.hpp"
#include "common/ports/job_store.hpp"
#include "common/runtime/lifecycle.hpp"

#include <memory>
#include <string>

namespace trainyard::runner {

struct JobRunnerOptions {
  std::string worker_id;  // make_worker_id()
  std::chrono::milliseconds lease{30'000};
  std::chrono::milliseconds drain{10'000};  // what running jobs get to end by themselves
  // And then to keep what they have, before they are killed.
  std::chrono::milliseconds interrupt_grace{2'000};
  std::chrono::milliseconds unclaimed_age{1'000};
  std::chrono::milliseconds direct_claim_interval{5'000};
};

struct RunnerStores {
  ports::JobStore& jobs;
  ports::DispatchStore& line;
  ports::JobLog& job_log;
};

// Unique per boot of a worker: "<host>-<pid>-<uuid>".
std::string make_worker_id();

// The worker: takes in announced jobs, keeps their leases, passes on what the executor reports, and
// hands back on stop() what does not end within the drain time (an interruption, no attempt burnt).
// A job whose lease is lost is killed and nothing is written for it. start() throws when the bus
// cannot be subscribed to. Stores, bus and executor outlive the runner, which alone gives the
// executor its work.
class JobRunner final : public runtime::Lifecycle {
 public:
  JobRunner(log::Log log, RunnerStores stores, ports::EventBus& bus, ports::Executor& executor,
            JobRunnerOptions options);
  ~JobRunner() override;

  void start() override;
  void stop() override;

 private:
  class Parts;
  std::shared_ptr<Parts> parts_;
};

}  // namespace trainyard::runner

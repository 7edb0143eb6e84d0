#pragma once

#include "api/control/ticker.hpp"
#include "common/domain/batch.hpp"
#include "common/log/log.hpp"
#include "common/ports/pipeline_store.hpp"
#include "common/runtime/outage.hpp"

#include <functional>
#include <mutex>
#include <set>

namespace trainyard::control {

struct PipelineRunnerOptions {
  // Does what the pipeline waits for. unavailable and in_doubt are tried again.
  std::function<Result<void>(ports::PipelineId)> move_on;
  milliseconds rescan{60'000};  // looks at all that are open: for what nobody said
  int set_max = 100;
  runtime::Backoff backoff;
};

// Moves pipelines on when a batch of theirs ends, and those that a process left behind when it
// died: all that are open when it starts, and every now and then. Right with any number of runners,
// because move_on is. The store outlives it.
class PipelineRunner final : public runtime::Lifecycle {
 public:
  PipelineRunner(log::Log log, ports::PipelineStore& store, PipelineRunnerOptions options);

  void start() override { ticker_.start(); }
  void stop() override { ticker_.stop(); }
  // A hint. Thread-safe, does not block.
  void batch_ended(const domain::Batch& batch);

 private:
  milliseconds round();
  Result<void> look();
  Result<void> move(ports::PipelineId id);

  log::Log log_;
  ports::PipelineStore& store_;
  PipelineRunnerOptions options_;
  runtime::Outage outage_;
  std::chrono::steady_clock::time_point look_at_;
  std::mutex mutex_;
  std::set<ports::PipelineId> hinted_;
  Ticker ticker_;  // last: its thread uses the rest
};

}  // namespace trainyard::control

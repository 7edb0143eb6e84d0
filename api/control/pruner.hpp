#pragma once

#include "api/control/ticker.hpp"
#include "common/log/log.hpp"
#include "common/ports/artifact_store.hpp"
#include "common/ports/definition_store.hpp"
#include "common/ports/job_store.hpp"
#include "common/runtime/outage.hpp"

#include <memory>

namespace trainyard::control {

struct PrunerOptions {
  milliseconds jobs_age{0};          // what ended longer ago goes; 0: nothing does
  milliseconds decisions_age{0};     // likewise
  milliseconds interval{3'600'000};  // between looks
  int set_max = 500;                 // per transaction: few rows are locked, and not for long
  runtime::Backoff backoff;
};

// Forgets what has been over for long: finished jobs with all that they left, artefacts first, so
// that nothing is left of which no record tells, and the decisions of schedules and triggers. It
// goes by the store's clock, set after set, and rests after each as long as it took. Right with
// several pruners: a set is deleted only as far as it is still over.
class Pruner final : public runtime::Lifecycle {
 public:
  Pruner(log::Log log, ports::JobStore& store, ports::DefinitionStore& definitions,
         std::shared_ptr<ports::ArtifactStore> artifacts, PrunerOptions options);

  void start() override { ticker_.start(); }
  void stop() override { ticker_.stop(); }

 private:
  milliseconds round();
  Result<bool> prune_jobs();       // whether there may be more
  Result<bool> prune_decisions();  // likewise
  Result<void> remove_artifacts(const ports::FinishedJob& job);

  log::Log log_;
  ports::JobStore& store_;
  ports::DefinitionStore& definitions_;
  std::shared_ptr<ports::ArtifactStore> artifacts_;
  PrunerOptions options_;
  JobId seen_;  // how far this walk is
  std::int64_t forgotten_ = 0;
  runtime::Outage outage_;
  Ticker ticker_;  // last: its thread uses the rest
};

}  // namespace trainyard::control

#pragma once

#include "api/control/ticker.hpp"
#include "common/domain/zone.hpp"
#include "common/log/log.hpp"
#include "common/ports/definition_store.hpp"
#include "common/runtime/outage.hpp"
#include "common/wire/schedule_json.hpp"

#include <functional>
#include <memory>
#include <string_view>

namespace trainyard::control {

struct SchedulerOptions {
  // Starts what is ordered, once per cause, and tells the batch.
  std::function<Result<std::string>(const wire::TrainingOrder&)> start;
  std::function<Result<std::shared_ptr<const domain::Zone>>(std::string_view)> find_zone;
  milliseconds rescan{30'000};  // looks at least this often: for schedules that are new
  int set_max = 100;
  runtime::Backoff backoff;
};

// Fires schedules. Each occurrence starts one batch however many schedulers there are: its cause
// names schedule and time, and the schedule moves on only from the revision that was read. A batch
// that was started before a crash is found again. Every round leaves a decision.
class Scheduler final : public runtime::Lifecycle {
 public:
  Scheduler(log::Log log, ports::DefinitionStore& store, const Clock& clock,
            SchedulerOptions options);

  void start() override { ticker_.start(); }
  void stop() override { ticker_.stop(); }

 private:
  milliseconds round();
  Result<void> run(const ports::Definition& schedule, TimePoint now);
  Result<ports::Decision> fire(const ports::Definition& schedule, wire::TrainingOrder order,
                               domain::Instant at);

  log::Log log_;
  ports::DefinitionStore& store_;
  const Clock& clock_;
  SchedulerOptions options_;
  runtime::Outage outage_;
  Ticker ticker_;  // last: its thread uses the rest
};

}  // namespace trainyard::control

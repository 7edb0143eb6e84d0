#pragma once

#include "common/config/settings.hpp"
#include "common/log/log.hpp"
#include "common/ports/access_store.hpp"
#include "common/ports/definition_store.hpp"
#include "common/ports/dispatch_store.hpp"
#include "common/ports/event_bus.hpp"
#include "common/ports/idempotency_store.hpp"
#include "common/ports/job_log.hpp"
#include "common/ports/job_store.hpp"
#include "common/ports/pipeline_store.hpp"

#include <memory>
#include <string>

namespace trainyard {

// The group in which workers share TrainRequested.
inline constexpr const char* worker_group = "trainyard-workers";

// What every role stands on, as the settings name it.
struct Backbone {
  std::unique_ptr<ports::JobStore> store;
  std::unique_ptr<ports::DispatchStore> line;
  std::unique_ptr<ports::JobLog> job_log;
  std::unique_ptr<ports::IdempotencyStore> requests;
  std::unique_ptr<ports::AccessStore> access;
  std::unique_ptr<ports::DefinitionStore> definitions;
  std::unique_ptr<ports::PipelineStore> pipelines;
  std::unique_ptr<ports::EventBus> bus;
};

// The stores alone, for commands that need no bus.
Result<Backbone> open_stores(const config::Settings& settings);

// SQLite or PostgreSQL, and Kafka or the embedded bus. A role that is a process of its own needs
// what others can reach: `open_fleet_backbone` refuses SQLite and the embedded bus by name.
Result<Backbone> open_backbone(const config::Settings& settings, const log::Log& log);
Result<Backbone> open_fleet_backbone(const config::Settings& settings, const log::Log& log);

// "worker@host-4711-0192…": unique per boot.
std::string instance_name(std::string_view role);

domain::RetryPolicy retry_policy_of(const config::Settings& settings);

}  // namespace trainyard

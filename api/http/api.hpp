#pragma once

#include "api/http/live_feed.hpp"
#include "api/http/offload_pool.hpp"
#include "api/http/router.hpp"
#include "api/service/audit_trail.hpp"
#include "api/service/find_zone.hpp"
#include "api/service/group_commit.hpp"
#include "api/service/job_control.hpp"
#include "api/service/job_intake.hpp"
#include "api/service/request_ledger.hpp"
#include "common/base/secret.hpp"
#include "common/base/time.hpp"
#include "common/ports/access_store.hpp"
#include "common/ports/artifact_store.hpp"
#include "common/ports/definition_store.hpp"
#include "common/ports/dispatch_store.hpp"
#include "common/ports/event_bus.hpp"
#include "common/ports/identity.hpp"
#include "common/ports/job_log.hpp"
#include "common/ports/job_store.hpp"
#include "common/ports/pipeline_store.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace trainyard::http {

struct ConvertedData {
  std::string data_path;
  std::int64_t rows = 0;
  std::vector<std::string> columns;
};

// Everything the handlers work with. Only references: the composition root owns it all.
struct Api {
  ports::JobStore& store;
  ports::DispatchStore& line;
  ports::JobLog& job_log;
  ports::DefinitionStore& definitions;
  ports::ArtifactStore& artifacts;
  ports::PipelineStore& pipelines;
  ports::EventBus& bus;
  service::EntryGate& gate;
  service::RequestLedger& ledger;
  ports::AccessStore& access;
  ports::Identity& identity;
  service::AuditTrail& audit;
  service::GroupCommit& commits;
  service::JobControl& control;
  const service::JobIntake& intake;
  OffloadPool& pool;
  const Clock& clock;
  std::filesystem::path upload_dir;
  // Turns an uploaded file into a data set, in a child process. Blocks. Refuses bad CSV with
  // field, row and hint.
  std::function<Result<ConvertedData>(const std::filesystem::path& file)> convert;
  std::filesystem::path web_dir;  // empty: no web page
  std::string version;
  service::FindZone find_zone = {};
  Secret webhook_secret = {};            // unless empty: events have to be signed with it
  LiveFeed* live = nullptr;              // none: nothing is told of what happens to jobs
  std::chrono::seconds train_wait{300};  // how long a request waits for the end of its job
};

// Every endpoint of the API, the web page included.
std::span<const Route> api_routes();
// What a server of live connections alone answers beside /ws: the same as a stream, and its health.
std::span<const Route> live_routes();

}  // namespace trainyard::http

#pragma once

#include "common/base/secret.hpp"
#include "common/ports/access_store.hpp"
#include "common/ports/definition_store.hpp"
#include "common/ports/dispatch_store.hpp"
#include "common/ports/idempotency_store.hpp"
#include "common/ports/job_log.hpp"
#include "common/ports/job_store.hpp"
#include "common/ports/pipeline_store.hpp"

#include <chrono>
#include <memory>

namespace trainyard::postgres {

class Database;  // database.hpp, this folder's own

struct Options {
  Secret uri;                                   // libpq URI or keyword string
  int connections = 8;                          // at most; made when first needed
  std::chrono::milliseconds connect{5'000};     // rounded up to seconds
  std::chrono::milliseconds statement{15'000};  // how long one statement may take
  std::chrono::milliseconds lock{5'000};        // how long one may wait for a row
  std::chrono::milliseconds borrow{10'000};     // how long a call may wait for a free connection
};

// The database of a fleet: any number of processes share one PostgreSQL database, 15 or newer.
// Pooled connections with prepared statements, replaced when they break. Thread-safe.
//
// Errc::unavailable when the server is away, Errc::conflict when the database is not at this
// executable's schema (the hint says to migrate).
Result<std::shared_ptr<Database>> open_database(Options options);

// Stores over an open database; each keeps it alive.
std::unique_ptr<ports::JobStore> make_job_store(std::shared_ptr<Database> database);
std::unique_ptr<ports::JobLog> make_job_log(std::shared_ptr<Database> database);
std::unique_ptr<ports::AccessStore> make_access_store(std::shared_ptr<Database> database);
std::unique_ptr<ports::DispatchStore> make_dispatch_store(std::shared_ptr<Database> database);
std::unique_ptr<ports::IdempotencyStore> make_idempotency_store(std::shared_ptr<Database> database);
std::unique_ptr<ports::DefinitionStore> make_definition_store(std::shared_ptr<Database> database);
std::unique_ptr<ports::PipelineStore> make_pipeline_store(std::shared_ptr<Database> database);

// A database for its jobs alone.
Result<std::unique_ptr<ports::JobStore>> open_postgres_store(Options options);

// Brings the database to this executable's schema, one migrator at a time; how many migrations ran.
Result<int> migrate(const Secret& uri);

}  // namespace trainyard::postgres

#pragma once

#include "common/ports/access_store.hpp"
#include "common/ports/definition_store.hpp"
#include "common/ports/dispatch_store.hpp"
#include "common/ports/idempotency_store.hpp"
#include "common/ports/job_log.hpp"
#include "common/ports/job_store.hpp"
#include "common/ports/pipeline_store.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace trainyard::sqlite {

class Database;  // database.hpp, this folder's own

struct Options {
  std::string path;                       // of the database file; made when it does not exist
  std::chrono::milliseconds busy{5'000};  // how long to wait for another process's transaction
  int readers = 2;                        // connections for reading beside the one that writes
};

// The database of a laptop or a single server: one file, no server. Every commit is synced to disk
// but those of progress. Migrates the file by itself. Thread-safe; one process owns the file for
// writing, others may read it.
//
// Errc::unavailable when the file cannot be opened, Errc::conflict when a newer trainyard made it.
Result<std::shared_ptr<Database>> open_database(const Options& options);

// Stores over an open database; each keeps it alive.
std::unique_ptr<ports::JobStore> make_job_store(std::shared_ptr<Database> database);
std::unique_ptr<ports::JobLog> make_job_log(std::shared_ptr<Database> database);
std::unique_ptr<ports::AccessStore> make_access_store(std::shared_ptr<Database> database);
std::unique_ptr<ports::DispatchStore> make_dispatch_store(std::shared_ptr<Database> database);
std::unique_ptr<ports::IdempotencyStore> make_idempotency_store(std::shared_ptr<Database> database);
std::unique_ptr<ports::DefinitionStore> make_definition_store(std::shared_ptr<Database> database);
std::unique_ptr<ports::PipelineStore> make_pipeline_store(std::shared_ptr<Database> database);

// A database for its jobs alone.
Result<std::unique_ptr<ports::JobStore>> open_sqlite_store(const Options& options);

// Brings the file at `path` to this executable's schema; how many migrations ran. Errors as above.
Result<int> migrate(const std::string& path);

}  // namespace trainyard::sqlite

#include "common/adapters/sqlite/database.hpp"

#include "common/adapters/sql/migration.hpp"
#include "common/adapters/sqlite/sqlite_access_store.hpp"
#include "common/adapters/sqlite/sqlite_dispatch_store.hpp"
#include "common/adapters/sqlite/sqlite_error.hpp"
#include "common/adapters/sqlite/sqlite_idempotency_store.hpp"
#include "common/adapters/sqlite/sqlite_job_store.hpp"

#include <algorithm>

namespace trainyard::sqlite {

std::span<const sql::Migration> migrations();  // embedded at build time

namespace {

std::vector<sql::AppliedMigration> applied_migrations(Connection& connection) {
  std::vector<sql::AppliedMigration> applied;
  auto row =
      connection.query("SELECT number, name, checksum FROM schema_migrations ORDER BY number");
  while (row.step()) {
    const int number = row.number();
    const std::string name(row.text());
    applied.push_back({.number = number, .name = name, .checksum = std::string(row.text())});
  }
  return applied;
}

Result<int> migrate(Connection& connection) {
  connection.run_script(
      "CREATE TABLE IF NOT EXISTS schema_migrations (number INTEGER NOT NULL PRIMARY KEY, "
      "name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT");
  Transaction transaction(connection);
  const auto applied = applied_migrations(connection);
  TRY(const auto missing, sql::pending(migrations(), applied));
  for (const auto& migration : missing) {
    connection.run_script(std::string(migration.up));
    connection.query("INSERT INTO schema_migrations VALUES (?, ?, ?, ?)")
        .bind(migration.number)
        .bind(migration.name)
        .bind(sql::checksum_of(migration))
        .bind(system_clock().now())
        .run();
  }
  transaction.commit();
  return static_cast<int>(missing.size());
}

}  // namespace

Result<int> migrate(const std::string& path) {
  return guarded([&]() -> Result<int> {
    Connection connection(path, Connection::Access::read_write, std::chrono::seconds(5));
    return migrate(connection);
  });
}

Result<std::shared_ptr<Database>> open_database(const Options& options) {
  return guarded([&]() -> Result<std::shared_ptr<Database>> {
    TRY_DO(migrate(options.path));
    return std::make_shared<Database>(options);
  });
}

std::unique_ptr<ports::JobStore> make_job_store(std::shared_ptr<Database> database) {
  return std::make_unique<SqliteJobStore>(std::move(database));
}

std::unique_ptr<ports::AccessStore> make_access_store(std::shared_ptr<Database> database) {
  return std::make_unique<SqliteAccessStore>(std::move(database));
}

std::unique_ptr<ports::DispatchStore> make_dispatch_store(std::shared_ptr<Database> database) {
  return std::make_unique<SqliteDispatchStore>(std::move(database));
}

std::unique_ptr<ports::IdempotencyStore> make_idempotency_store(
    std::shared_ptr<Database> database) {
  return std::make_unique<SqliteIdempotencyStore>(std::move(database));
}

Result<std::unique_ptr<ports::JobStore>> open_sqlite_store(const Options& options) {
  TRY(auto database, open_database(options));
  return make_job_store(std::move(database));
}

Database::Database(const Options& options)
    : writer_(options.path, Connection::Access::read_write, options.busy) {
  for (int i = 0; i < std::max(1, options.readers); ++i) {
    readers_.push_back(
        std::make_unique<Connection>(options.path, Connection::Access::read_only, options.busy));
  }
}

Database::Reader::Reader(Database& database) : database_(database) {
  std::unique_lock lock(database_.reading_);
  database_.reader_free_.wait(lock, [this] { return !database_.readers_.empty(); });
  connection_ = std::move(database_.readers_.back());
  database_.readers_.pop_back();
}

Database::Reader::~Reader() {
  {
    const std::lock_guard lock(database_.reading_);
    database_.readers_.push_back(std::move(connection_));
  }
  database_.reader_free_.notify_one();
}

Result<void> Database::write(const std::function<Result<void>(Connection&, TimePoint now)>& work,
                             Sync sync) {
  const std::lock_guard lock(writing_);
  return guarded([&]() -> Result<void> {
    std::optional<Unsynced> unsynced;
    if (sync == Sync::none) unsynced.emplace(writer_);
    Transaction transaction(writer_);
    TRY_DO(work(writer_, system_clock().now()));
    transaction.commit();
    return {};
  });
}

void Database::ring() {
  {
    const std::lock_guard lock(waiting_);
    is_rung_ = true;
  }
  rung_.notify_one();
}

void Database::await_ring(milliseconds timeout) {
  std::unique_lock lock(waiting_);
  rung_.wait_for(lock, timeout, [this] { return is_rung_; });
  is_rung_ = false;
}

}  // namespace trainyard::sqlite

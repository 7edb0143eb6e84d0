#include "common/adapters/sqlite/sqlite_job_store.hpp"

#include "common/adapters/sql/migration.hpp"
#include "common/adapters/sql/rows.hpp"
#include "common/adapters/sql/storable_text.hpp"
#include "common/adapters/sqlite/change_writer.hpp"
#include "common/adapters/sqlite/sqlite_error.hpp"

#include <fmt/format.h>

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

Result<std::unique_ptr<ports::JobStore>> open_sqlite_store(Options options) {
  return guarded([&]() -> Result<std::unique_ptr<ports::JobStore>> {
    TRY_DO(migrate(options.path));
    return std::make_unique<SqliteJobStore>(options);
  });
}

SqliteJobStore::SqliteJobStore(const Options& options)
    : log_(options.log), writer_(options.path, Connection::Access::read_write, options.busy) {
  for (int i = 0; i < std::max(1, options.readers); ++i) {
    readers_.push_back(
        std::make_unique<Connection>(options.path, Connection::Access::read_only, options.busy));
  }
}

SqliteJobStore::Reader::Reader(SqliteJobStore& store) : store_(store) {
  std::unique_lock lock(store_.reading_);
  store_.reader_free_.wait(lock, [this] { return !store_.readers_.empty(); });
  connection_ = std::move(store_.readers_.back());
  store_.readers_.pop_back();
}

SqliteJobStore::Reader::~Reader() {
  {
    const std::lock_guard lock(store_.reading_);
    store_.readers_.push_back(std::move(connection_));
  }
  store_.reader_free_.notify_one();
}

Result<void> SqliteJobStore::write(
    const std::function<Result<void>(ChangeWriter&, TimePoint now)>& work) {
  bool announced = false;
  {
    const std::lock_guard lock(writing_);
    TRY_DO(guarded([&]() -> Result<void> {
      Transaction transaction(writer_);
      // Read under the lock, so that times rise with the order of commits.
      const auto now = system_clock().now();
      ChangeWriter writer(writer_, now);
      TRY_DO(work(writer, now));
      writer.write_batches();
      transaction.commit();
      announced = writer.made_outbox_rows();
      return {};
    }));
  }
  if (announced) announce();
  return {};
}

ports::Applied SqliteJobStore::write_set(
    std::size_t size, const std::function<void(ChangeWriter&, TimePoint, ports::Applied&)>& work) {
  ports::Applied applied;
  applied.reserve(size);
  const auto written = write([&](ChangeWriter& writer, TimePoint now) -> Result<void> {
    work(writer, now, applied);
    return {};
  });
  if (written) return applied;
  return ports::Applied(size, std::unexpected(written.error()));
}

ports::Applied SqliteJobStore::accept(std::span<const domain::NewJob> jobs) {
  if (jobs.empty()) return {};
  return write_set(jobs.size(), [&](ChangeWriter& writer, TimePoint now, ports::Applied& applied) {
    for (const auto& job : jobs)
      applied.push_back(accept_one(writer, job, now));
  });
}

Result<domain::JobChange> SqliteJobStore::accept_one(ChangeWriter& writer,
                                                     const domain::NewJob& job, TimePoint now) {
  TRY_DO(sql::check_storable(job));
  if (auto known = find_job(writer_, job.id)) {
    return domain::JobChange{.job = *std::move(known), .unchanged = true};
  }
  if (job.batch_id && !find_batch(writer_, *job.batch_id)) {
    return fail(Errc::not_found, fmt::format("there is no batch {}", job.batch_id->to_string()));
  }
  auto change = domain::create(job, now);
  writer.write_new(change);
  return change;
}

Result<domain::Batch> SqliteJobStore::accept_batch(const ports::NewBatch& batch,
                                                   std::span<const domain::NewJob> jobs) {
  if (jobs.empty()) return fail(Errc::invalid_argument, "a batch needs at least one job");
  TRY_DO(write([&](ChangeWriter& writer, TimePoint now) -> Result<void> {
    if (find_batch(writer_, batch.id)) return {};
    writer_
        .query(
            "INSERT INTO batches (batch_id, user_id, config, correlation_id, created_at, "
            "total_jobs, open_jobs) VALUES (?, ?, ?, ?, ?, ?, ?)")
        .bind(batch.id)
        .bind(batch.user_id)
        .bind(batch.config)
        .bind(batch.correlation_id)
        .bind(now)
        .bind(static_cast<int>(jobs.size()))
        .bind(static_cast<int>(jobs.size()))
        .run();
    for (auto job : jobs) {
      job.batch_id = batch.id;
      TRY(const auto change, accept_one(writer, job, now));
      if (!change.unchanged) continue;
      return fail(Errc::conflict, fmt::format("job {} exists already", job.id.to_string()));
    }
    writer.counted_already(batch.id);
    return {};
  }));
  return get_batch(batch.id);
}

ports::Applied SqliteJobStore::apply(std::span<const domain::JobCommand> commands) {
  if (commands.empty()) return {};
  return write_set(commands.size(),
                   [&](ChangeWriter& writer, TimePoint now, ports::Applied& applied) {
                     for (const auto& command : commands) {
                       applied.push_back(apply_one(writer, command, now));
                     }
                   });
}

Result<domain::JobChange> SqliteJobStore::apply_one(ChangeWriter& writer,
                                                    const domain::JobCommand& command,
                                                    TimePoint now) {
  const auto id = domain::job_of(command);
  const auto job = find_job(writer_, id);
  if (!job) return fail(Errc::not_found, fmt::format("there is no job {}", id.to_string()));
  TRY(auto change, domain::decide(*job, command, now));
  if (change.unchanged) return change;
  sql::make_storable(change);
  writer.write(*job, change);
  return change;
}

std::optional<domain::Job> SqliteJobStore::find_job(Connection& connection, JobId id) {
  static const std::string select =
      "SELECT " + sql::job_columns + " FROM jobs j WHERE j.job_id = ?";
  auto row = connection.query(select);
  if (!row.bind(id).step()) return std::nullopt;
  return sql::read_job(row);
}

std::optional<domain::Batch> SqliteJobStore::find_batch(Connection& connection, BatchId id) {
  static const std::string select =
      "SELECT " + sql::batch_columns + " FROM batches b WHERE b.batch_id = ?";
  auto row = connection.query(select);
  if (!row.bind(id).step()) return std::nullopt;
  return sql::read_batch(row);
}

}  // namespace trainyard::sqlite

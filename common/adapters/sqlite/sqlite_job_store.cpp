#include "common/adapters/sqlite/sqlite_job_store.hpp"

#include "common/adapters/sql/rows.hpp"
#include "common/adapters/sql/storable_text.hpp"
#include "common/adapters/sqlite/change_writer.hpp"
#include "common/adapters/sqlite/sqlite_error.hpp"

#include <fmt/format.h>

namespace trainyard::sqlite {

Result<void> SqliteJobStore::write(
    const std::function<Result<void>(ChangeWriter&, TimePoint now)>& work) {
  bool announced = false;
  TRY_DO(database_->write([&](Connection& connection, TimePoint now) -> Result<void> {
    ChangeWriter writer(connection, now);
    TRY_DO(work(writer, now));
    writer.write_batches();
    announced = writer.made_outbox_rows();
    return {};
  }));
  if (announced) database_->ring();
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
  if (auto known = find_job(writer.connection(), job.id)) {
    return domain::JobChange{.job = *std::move(known), .unchanged = true};
  }
  if (job.unique) {
    if (auto known = find_unique(writer.connection(), job, now)) {
      return domain::JobChange{.job = *std::move(known), .unchanged = true};
    }
  }
  if (job.batch_id && !find_batch(writer.connection(), *job.batch_id)) {
    return fail(Errc::not_found, fmt::format("there is no batch {}", job.batch_id->to_string()));
  }
  auto change = domain::create(job, now);
  writer.write_new(change);
  return change;
}

Result<domain::Batch> SqliteJobStore::accept_batch(const ports::NewBatch& batch,
                                                   const ports::BatchJobs& jobs) {
  if (jobs.count == 0) return fail(Errc::invalid_argument, "a batch needs at least one job");
  auto id = batch.id;
  TRY_DO(write([&](ChangeWriter& writer, TimePoint now) -> Result<void> {
    if (find_batch(writer.connection(), batch.id)) return {};
    if (const auto known = find_origin(writer.connection(), batch.origin)) {
      id = *known;
      return {};
    }
    writer.connection()
        .query(
            "INSERT INTO batches (batch_id, user_id, config, correlation_id, created_at, "
            "total_jobs, open_jobs, origin, cause) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .bind(batch.id)
        .bind(batch.user_id)
        .bind(batch.config)
        .bind(batch.correlation_id)
        .bind(now)
        .bind(static_cast<int>(jobs.count))
        .bind(static_cast<int>(jobs.count))
        .bind(batch.origin)
        .bind(batch.cause)
        .run();
    for (std::size_t accepted = 0; accepted < jobs.count;) {
      for (auto& job : jobs.from(accepted)) {
        job.batch_id = batch.id;
        TRY(const auto change, accept_one(writer, job, now));
        ++accepted;
        if (!change.unchanged) continue;
        return fail(Errc::conflict, fmt::format("job {} exists already", job.id.to_string()));
      }
    }
    writer.counted_already(batch.id);
    return {};
  }));
  return get_batch(id);
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
  const auto job = find_job(writer.connection(), id);
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

// The newest job that this one is not to stand beside.
std::optional<domain::Job> SqliteJobStore::find_unique(Connection& connection,
                                                       const domain::NewJob& job, TimePoint now) {
  static const std::string select =
      "SELECT " + sql::job_columns +
      " FROM jobs j WHERE j.user_id = ? AND j.unique_key = ? AND j.unique_key <> '' "
      "AND j.created_at >= ? AND instr(?, ',' || j.status || ',') > 0 "
      "ORDER BY j.job_id DESC LIMIT 1";
  const auto& [key, within, states] = *job.unique;
  std::string names = ",";
  for (const auto status : states)
    names += fmt::format("{},", to_string(status));
  auto row = connection.query(select);
  row.bind(job.user_id).bind(key).bind(within ? now - *within : TimePoint()).bind(names);
  if (!row.step()) return std::nullopt;
  return sql::read_job(row);
}

std::optional<BatchId> SqliteJobStore::find_origin(Connection& connection,
                                                   std::string_view origin) {
  if (origin.empty()) return std::nullopt;
  auto row = connection.query("SELECT batch_id FROM batches WHERE origin = ? AND origin <> ''");
  if (!row.bind(origin).step()) return std::nullopt;
  return BatchId(row.uuid());
}

std::optional<domain::Batch> SqliteJobStore::find_batch(Connection& connection, BatchId id) {
  static const std::string select =
      "SELECT " + sql::batch_columns + " FROM batches b WHERE b.batch_id = ?";
  auto row = connection.query(select);
  if (!row.bind(id).step()) return std::nullopt;
  return sql::read_batch(row);
}

}  // namespace trainyard::sqlite

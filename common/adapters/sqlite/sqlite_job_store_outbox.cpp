#include "common/adapters/sql/outbox_gaps.hpp"
#include "common/adapters/sql/outbox_rows.hpp"
#include "common/adapters/sqlite/change_writer.hpp"
#include "common/adapters/sqlite/sqlite_error.hpp"
#include "common/adapters/sqlite/sqlite_job_store.hpp"

#include <fmt/format.h>

#include <limits>

namespace trainyard::sqlite {
namespace {

const std::string read_outbox =
    "SELECT " + sql::outbox_columns +
    " FROM (SELECT * FROM outbox WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?) o" +
    sql::outbox_joins;

}  // namespace

Result<std::vector<ports::OutboxEntry>> SqliteJobStore::outbox(
    int limit, std::span<const ports::OutboxRange> skip) {
  return guarded([&]() -> Result<std::vector<ports::OutboxEntry>> {
    Database::Reader reader(*database_);
    std::vector<ports::OutboxEntry> entries;
    for (const auto& gap : sql::gaps_between(skip)) {
      auto row = reader->query(read_outbox);
      row.bind(gap.first).bind(gap.last).bind(limit - static_cast<int>(entries.size()));
      while (row.step())
        sql::add_outbox_row(row, entries);
      if (std::ssize(entries) >= limit) break;
    }
    sql::drop_deleted(entries);
    return entries;
  });
}

Result<void> SqliteJobStore::outbox_done(std::span<const std::int64_t> ids) {
  if (ids.empty()) return {};
  // Not synced: a row that comes back is told again, which is harmless.
  return database_->write(
      [&](Connection& connection, TimePoint) -> Result<void> {
        for (const auto id : ids)
          connection.query("DELETE FROM outbox WHERE id = ?").bind(id).run();
        return {};
      },
      Database::Sync::none);
}

Result<int> SqliteJobStore::announce_again(milliseconds age, int limit) {
  int announced = 0;
  TRY_DO(database_->write([&](Connection& connection, TimePoint now) -> Result<void> {
    std::vector<ports::DispatchRef> waiting;
    {
      auto row = connection.query(
          "SELECT job_id, dispatch_no FROM jobs WHERE admitted_at IS NOT NULL AND admitted_at <= ? "
          "AND job_id NOT IN (SELECT job_id FROM outbox WHERE dispatch_no IS NOT NULL) "
          "ORDER BY admitted_at, job_id LIMIT ?");
      row.bind(now - age).bind(limit);
      while (row.step()) {
        const JobId id(row.uuid());
        waiting.push_back({.job_id = id, .dispatch_no = row.integer()});
      }
    }
    for (const auto& job : waiting) {
      connection.query("INSERT INTO outbox (job_id, dispatch_no) VALUES (?, ?)")
          .bind(job.job_id)
          .bind(job.dispatch_no)
          .run();
      // Counts its age from here, so that the same jobs are not announced at every look.
      connection.query("UPDATE jobs SET admitted_at = ? WHERE job_id = ?")
          .bind(now)
          .bind(job.job_id)
          .run();
    }
    announced = static_cast<int>(waiting.size());
    return {};
  }));
  if (announced > 0) database_->ring();
  return announced;
}

Result<void> SqliteJobStore::await_outbox(milliseconds timeout) {
  database_->await_ring(timeout);
  return {};
}

void SqliteJobStore::wake() {
  database_->ring();
}

}  // namespace trainyard::sqlite

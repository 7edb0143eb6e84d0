#include "common/adapters/sql/outbox_gaps.hpp"
#include "common/adapters/sqlite/change_writer.hpp"
#include "common/adapters/sqlite/rows.hpp"
#include "common/adapters/sqlite/sqlite_error.hpp"
#include "common/adapters/sqlite/sqlite_job_store.hpp"

#include <fmt/format.h>

#include <limits>

namespace trainyard::sqlite {
namespace {

struct OutboxRow {
  std::int64_t id;
  std::optional<JobId> job_id;
  std::optional<std::int64_t> first_version;
  std::optional<std::int64_t> last_version;
  std::optional<std::int64_t> dispatch_no;
  std::optional<BatchId> batch_id;
};

OutboxRow read_outbox_row(Query& row) {
  OutboxRow read{};
  read.id = row.integer();
  read.job_id = row.optional_id<JobId>();
  read.first_version = row.optional_integer();
  read.last_version = row.optional_integer();
  read.dispatch_no = row.optional_integer();
  read.batch_id = row.optional_id<BatchId>();
  return read;
}

ports::OutboxEntry read_entry(Connection& connection, const OutboxRow& row) {
  ports::OutboxEntry entry{.id = row.id, .dispatch_no = row.dispatch_no};
  if (row.job_id) {
    auto job = connection.query(select_slim_jobs("WHERE job_id = ?"));
    if (job.bind(*row.job_id).step()) entry.job = read_job(job);
  }
  if (row.job_id && row.first_version) {
    auto line = connection.query(
        select_history("WHERE job_id = ? AND version BETWEEN ? AND ? ORDER BY version"));
    line.bind(*row.job_id).bind(row.first_version).bind(row.last_version);
    while (line.step())
      entry.history.push_back(read_history(line));
  }
  if (row.batch_id) {
    auto batch = connection.query(select_batches("WHERE batch_id = ?"));
    if (batch.bind(*row.batch_id).step()) entry.batch = read_batch(batch);
  }
  return entry;
}

}  // namespace

Result<std::vector<ports::OutboxEntry>> SqliteJobStore::outbox(
    int limit, std::span<const ports::OutboxRange> skip) {
  return guarded([&]() -> Result<std::vector<ports::OutboxEntry>> {
    Reader reader(*this);
    std::vector<OutboxRow> rows;
    for (const auto& gap : sql::gaps_between(skip)) {
      auto row = reader->query(
          "SELECT id, job_id, first_version, last_version, dispatch_no, batch_id FROM outbox "
          "WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?");
      row.bind(gap.first).bind(gap.last).bind(limit - static_cast<int>(rows.size()));
      while (row.step())
        rows.push_back(read_outbox_row(row));
      if (rows.size() >= static_cast<std::size_t>(limit)) break;
    }
    std::vector<ports::OutboxEntry> entries;
    entries.reserve(rows.size());
    for (const auto& row : rows)
      entries.push_back(read_entry(*reader, row));
    return entries;
  });
}

Result<void> SqliteJobStore::outbox_done(std::span<const std::int64_t> ids) {
  if (ids.empty()) return {};
  return write([&](ChangeWriter&, TimePoint) -> Result<void> {
    for (const auto id : ids)
      writer_.query("DELETE FROM outbox WHERE id = ?").bind(id).run();
    return {};
  });
}

Result<int> SqliteJobStore::announce_again(milliseconds age, int limit) {
  int announced = 0;
  TRY_DO(write([&](ChangeWriter&, TimePoint now) -> Result<void> {
    std::vector<ports::DispatchRef> waiting;
    {
      auto row = writer_.query(
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
      writer_.query("INSERT INTO outbox (job_id, dispatch_no) VALUES (?, ?)")
          .bind(job.job_id)
          .bind(job.dispatch_no)
          .run();
      // Counts its age from here, so that the same jobs are not announced at every look.
      writer_.query("UPDATE jobs SET admitted_at = ? WHERE job_id = ?")
          .bind(now)
          .bind(job.job_id)
          .run();
    }
    announced = static_cast<int>(waiting.size());
    return {};
  }));
  if (announced > 0) announce();
  return announced;
}

Result<void> SqliteJobStore::await_outbox(milliseconds timeout) {
  std::unique_lock lock(waiting_);
  outbox_grew_.wait_for(lock, timeout, [this] { return outbox_may_have_rows_; });
  outbox_may_have_rows_ = false;
  return {};
}

void SqliteJobStore::wake() {
  announce();
}

void SqliteJobStore::announce() {
  {
    const std::lock_guard lock(waiting_);
    outbox_may_have_rows_ = true;
  }
  outbox_grew_.notify_one();
}

}  // namespace trainyard::sqlite

#include "common/adapters/sql/storable_text.hpp"
#include "common/adapters/sqlite/change_writer.hpp"
#include "common/adapters/sqlite/rows.hpp"
#include "common/adapters/sqlite/sqlite_error.hpp"
#include "common/adapters/sqlite/sqlite_job_store.hpp"
#include "common/domain/removal.hpp"

#include <fmt/format.h>

#include <algorithm>

// Leases, progress, waiting work, leadership: what the control loops and workers ask for.

namespace trainyard::sqlite {
namespace {

std::vector<ports::DispatchRef> read_dispatches(Query& row) {
  std::vector<ports::DispatchRef> dispatches;
  while (row.step()) {
    const JobId id(row.uuid());
    dispatches.push_back({.job_id = id, .dispatch_no = row.integer()});
  }
  return dispatches;
}

}  // namespace

Result<int> SqliteJobStore::admit(std::span<const domain::Admit> jobs) {
  int admitted = 0;
  if (jobs.empty()) return admitted;
  TRY_DO(database_->write([&](Connection& connection, TimePoint now) -> Result<void> {
    for (const auto& job : jobs) {
      connection
          .query(
              "UPDATE jobs SET admitted_at = ?1, updated_at = ?1, dispatch_no = dispatch_no + 1, "
              "version = version + 1, next_attempt_at = NULL, current_step = ?2 "
              "WHERE job_id = ?3 AND dispatch_no = ?4 AND status = 'submitting' "
              "AND admitted_at IS NULL AND next_attempt_at <= ?1")
          .bind(now)
          .bind(domain::announced_step)
          .bind(job.job_id)
          .bind(job.dispatch_no)
          .run();
      if (connection.changes() == 0) continue;
      connection.query("INSERT INTO outbox (job_id, dispatch_no) VALUES (?, ?)")
          .bind(job.job_id)
          .bind(job.dispatch_no + 1)
          .run();
      ++admitted;
    }
    return {};
  }));
  if (admitted > 0) database_->ring();
  return admitted;
}

Result<std::vector<ports::Renewal>> SqliteJobStore::renew(std::string_view worker_id,
                                                          std::span<const ports::LeaseRef> leases,
                                                          milliseconds lease) {
  std::vector<ports::Renewal> renewed;
  if (leases.empty()) return renewed;
  TRY_DO(database_->write([&](Connection& connection, TimePoint now) -> Result<void> {
    for (const auto& held : leases) {
      auto row = connection.query(
          "UPDATE jobs SET lease_until = ?1 + iif(lease_ms > 0, lease_ms * 1000, ?2), "
          "lease_renewals = lease_renewals + 1 "
          "WHERE job_id = ?3 AND fence = ?4 AND lease_worker = ?5 RETURNING status");
      row.bind(now)
          .bind(std::chrono::microseconds(lease).count())
          .bind(held.job_id)
          .bind(held.fence)
          .bind(worker_id);
      if (!row.step()) continue;
      renewed.push_back({.job_id = held.job_id,
                         .fence = held.fence,
                         .cancel_requested = row.text() == "cancelling"});
    }
    return {};
  }));
  return renewed;
}

Result<void> SqliteJobStore::record_progress(std::span<const ports::ProgressReport> reports) {
  if (reports.empty()) return {};
  return database_->write(
      [&](Connection& connection, TimePoint now) -> Result<void> {
        for (const auto& report : reports) {
          const auto step = sql::storable(report.step);
          const auto metrics = sql::storable(report.metrics);
          connection
              .query(
                  "UPDATE jobs SET progress = ?1, current_step = ?2, "
                  "metrics = CASE WHEN ?3 = '' THEN metrics ELSE ?3 END, updated_at = ?4 "
                  "WHERE job_id = ?5 AND fence = ?6 AND status = 'running'")
              .bind(std::clamp(report.percent, 0, 100))
              .bind(step)
              .bind(metrics)
              .bind(now)
              .bind(report.job_id)
              .bind(report.fence)
              .run();
        }
        return {};
      },
      Database::Sync::none);
}

Result<void> SqliteJobStore::remove(JobId id) {
  return write([&](ChangeWriter& writer, TimePoint) -> Result<void> {
    const auto job = find_job(writer.connection(), id);
    if (!job) return fail(Errc::not_found, fmt::format("there is no job {}", id.to_string()));
    TRY_DO(domain::check_removable(*job));
    remove_rows(writer.connection(), id);
    writer.forget(*job);
    return {};
  });
}

void SqliteJobStore::remove_rows(Connection& connection, JobId id) {
  for (const auto* table : {"jobs", "job_history", "job_results", "job_log", "outbox"}) {
    connection.query(fmt::format("DELETE FROM {} WHERE job_id = ?", table)).bind(id).run();
  }
}

Result<std::vector<ports::LeaseSnapshot>> SqliteJobStore::expired_leases(int limit) {
  return guarded([&]() -> Result<std::vector<ports::LeaseSnapshot>> {
    Database::Reader reader(*database_);
    auto row = reader->query(
        "SELECT job_id, fence, lease_renewals, lease_worker FROM jobs "
        "WHERE lease_until IS NOT NULL AND lease_until <= ? ORDER BY lease_until LIMIT ?");
    row.bind(system_clock().now()).bind(limit);
    std::vector<ports::LeaseSnapshot> expired;
    while (row.step()) {
      const JobId id(row.uuid());
      const auto fence = row.integer();
      const auto renewals = row.integer();
      expired.push_back({.job_id = id,
                         .fence = fence,
                         .renewals = renewals,
                         .worker_id = std::string(row.text())});
    }
    return expired;
  });
}

Result<std::optional<TimePoint>> SqliteJobStore::next_due() {
  return guarded([&]() -> Result<std::optional<TimePoint>> {
    Database::Reader reader(*database_);
    auto row = reader->query(
        "SELECT next_attempt_at FROM jobs WHERE status = 'submitting' AND admitted_at IS NULL "
        "AND next_attempt_at > ? ORDER BY next_attempt_at LIMIT 1");
    if (!row.bind(system_clock().now()).step()) return std::nullopt;
    return row.optional_time();
  });
}

Result<std::vector<ports::DispatchRef>> SqliteJobStore::unclaimed(milliseconds age, int limit) {
  return guarded([&]() -> Result<std::vector<ports::DispatchRef>> {
    Database::Reader reader(*database_);
    auto row = reader->query(
        "SELECT job_id, dispatch_no FROM jobs "
        "WHERE admitted_at IS NOT NULL AND admitted_at <= ? ORDER BY admitted_at, job_id LIMIT ?");
    row.bind(system_clock().now() - age).bind(limit);
    return read_dispatches(row);
  });
}

Result<bool> SqliteJobStore::lead(std::string_view role, std::string_view instance,
                                  milliseconds ttl) {
  bool leads = false;
  TRY_DO(database_->write([&](Connection& connection, TimePoint now) -> Result<void> {
    connection
        .query(
            "INSERT INTO leaders (role, instance, lead_until) VALUES (?1, ?2, ?3) "
            "ON CONFLICT (role) DO UPDATE SET instance = ?2, lead_until = ?3 "
            "WHERE instance = ?2 OR lead_until <= ?4")
        .bind(role)
        .bind(instance)
        .bind(now + ttl)
        .bind(now)
        .run();
    leads = connection.changes() > 0;
    return {};
  }));
  return leads;
}

}  // namespace trainyard::sqlite

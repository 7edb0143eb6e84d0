#include "common/adapters/postgres/pg_columns.hpp"
#include "common/adapters/postgres/pg_job_store.hpp"
#include "common/adapters/postgres/text_array.hpp"
#include "common/adapters/sql/rows.hpp"
#include "common/adapters/sql/storable_text.hpp"
#include "common/domain/removal.hpp"

#include <fmt/format.h>

#include <algorithm>

// Leases, progress, waiting work, leadership: what the control loops and workers ask for.

namespace trainyard::postgres {
namespace {

const Statement renew_leases{
    "renew_leases",
    "UPDATE jobs j SET lease_until = now() + CASE WHEN j.lease_ms > 0 "
    "THEN j.lease_ms * interval '1 millisecond' ELSE $3::interval END, lease_renewals = "
    "j.lease_renewals + 1 "
    "FROM unnest($1::uuid[], $2::bigint[]) AS i(job_id, fence) "
    "WHERE j.job_id = i.job_id AND j.fence = i.fence AND j.lease_worker = $4 "
    "RETURNING j.job_id, j.fence, j.status",
    Effect::writes};

// The condition on admitted_at is written so that no partial index answers it: each row is found by
// its id, however many wait.
const Statement admit_jobs{
    "admit_jobs",
    "WITH admitted AS (UPDATE jobs j SET admitted_at = now(), updated_at = now(), "
    "dispatch_no = j.dispatch_no + 1, version = j.version + 1, next_attempt_at = NULL, "
    "current_step = $3 FROM unnest($1::uuid[], $2::bigint[]) AS i(job_id, dispatch_no) "
    "WHERE j.job_id = i.job_id AND j.dispatch_no = i.dispatch_no AND j.status = 'submitting' "
    "AND num_nulls(j.admitted_at) = 1 AND j.next_attempt_at <= now() "
    "RETURNING j.job_id, j.dispatch_no), "
    "told AS (INSERT INTO outbox (job_id, dispatch_no) SELECT job_id, dispatch_no FROM admitted "
    "RETURNING 1) "
    "SELECT count(*), CASE WHEN count(*) > 0 THEN pg_notify('trainyard_outbox', '') END FROM told",
    Effect::writes};

// The setting is this one transaction's.
const Statement write_progress{
    "write_progress",
    "WITH reported AS (UPDATE jobs j SET progress = i.progress, current_step = i.step, "
    "metrics = CASE WHEN i.metrics = '' THEN j.metrics ELSE i.metrics END, updated_at = now() "
    "FROM unnest($1::uuid[], $2::bigint[], $3::int[], $4::text[], $5::text[]) "
    "AS i(job_id, fence, progress, step, metrics) "
    "WHERE j.job_id = i.job_id AND j.fence = i.fence AND j.status = 'running' RETURNING 1) "
    "SELECT set_config('synchronous_commit', 'off', true), (SELECT count(*) FROM reported)",
    Effect::writes};

const Statement lock_job{
    "lock_job", "SELECT " + sql::job_columns + " FROM jobs j WHERE j.job_id = $1::uuid FOR UPDATE",
    Effect::reads};
const Statement delete_job{"delete_job",
                           "WITH a AS (DELETE FROM job_history WHERE job_id = $1::uuid), "
                           "b AS (DELETE FROM job_results WHERE job_id = $1::uuid), "
                           "c AS (DELETE FROM outbox WHERE job_id = $1::uuid), "
                           "d AS (DELETE FROM job_log WHERE job_id = $1::uuid) "
                           "DELETE FROM jobs WHERE job_id = $1::uuid",
                           Effect::writes};
const Statement shrink_batch{
    "shrink_batch",
    "WITH shrunk AS (UPDATE batches SET total_jobs = total_jobs - 1, open_jobs = open_jobs - "
    "$2::int, "
    "completed_at = CASE WHEN open_jobs - $2::int > 0 THEN NULL WHEN open_jobs > 0 THEN now() "
    "ELSE completed_at END WHERE batch_id = $1::uuid RETURNING batch_id, open_jobs), "
    "told AS (INSERT INTO outbox (batch_id) SELECT batch_id FROM shrunk "
    "WHERE open_jobs = 0 AND $2::int > 0 RETURNING 1) "
    "SELECT pg_notify('trainyard_outbox', '') FROM told",
    Effect::writes};

const Statement find_expired{"find_expired",
                             "SELECT job_id, fence, lease_renewals, lease_worker FROM jobs "
                             "WHERE status IN ('running', 'cancelling') AND lease_until <= now() "
                             "ORDER BY lease_until LIMIT $1::int",
                             Effect::reads};
const Statement find_next_due{
    "find_next_due",
    "SELECT next_attempt_at FROM jobs WHERE status = 'submitting' AND admitted_at IS NULL "
    "AND next_attempt_at > now() ORDER BY next_attempt_at LIMIT 1",
    Effect::reads};
const Statement find_unclaimed{
    "find_unclaimed",
    "SELECT job_id, dispatch_no FROM jobs WHERE admitted_at <= now() - $1::interval "
    "ORDER BY admitted_at, job_id LIMIT $2::int",
    Effect::reads};

// Counts the age from here, so that the same jobs are not announced at every look.
const Statement announce_unclaimed{
    "announce_unclaimed",
    "WITH waiting AS (SELECT job_id, dispatch_no FROM jobs "
    "WHERE admitted_at <= now() - $1::interval "
    "AND job_id NOT IN (SELECT job_id FROM outbox WHERE dispatch_no IS NOT NULL) "
    "ORDER BY admitted_at, job_id LIMIT $2::int FOR UPDATE SKIP LOCKED), "
    "touched AS (UPDATE jobs j SET admitted_at = now() FROM waiting w WHERE j.job_id = w.job_id), "
    "told AS (INSERT INTO outbox (job_id, dispatch_no) "
    "SELECT job_id, dispatch_no FROM waiting RETURNING 1) "
    "SELECT count(*), CASE WHEN count(*) > 0 THEN pg_notify('trainyard_outbox', '') END FROM told",
    Effect::writes};

const Statement take_lead{
    "take_lead",
    "INSERT INTO leaders AS l (role, instance, lead_until) VALUES ($1, $2, now() + $3::interval) "
    "ON CONFLICT (role) DO UPDATE SET instance = excluded.instance, "
    "lead_until = excluded.lead_until "
    "WHERE l.instance = excluded.instance OR l.lead_until <= now() RETURNING 1",
    Effect::writes};

std::string interval(milliseconds duration) {
  return fmt::format("{} milliseconds", duration.count());
}

std::vector<ports::DispatchRef> read_dispatches(const pqxx::result& rows) {
  std::vector<ports::DispatchRef> dispatches;
  for (const auto& row : rows) {
    Columns columns(row);
    const JobId id(columns.uuid());
    dispatches.push_back({.job_id = id, .dispatch_no = columns.integer()});
  }
  return dispatches;
}

// In id order, which is the order of the row locks.
template <class Items>
auto sorted_by_job(const Items& items) {
  std::vector sorted(items.begin(), items.end());
  std::ranges::sort(sorted, {}, [](const auto& item) { return item.job_id; });
  return sorted;
}

}  // namespace

Result<int> PgJobStore::admit(std::span<const domain::Admit> jobs) {
  if (jobs.empty()) return 0;
  TextArray ids, dispatches;
  for (const auto& job : sorted_by_job(jobs)) {
    ids.add(job.job_id);
    dispatches.add(job.dispatch_no);
  }
  return guarded([&]() -> Result<int> {
    const auto rows = run(admit_jobs, {std::move(ids).take(), std::move(dispatches).take(),
                                       std::string(domain::announced_step)});
    return Columns(rows[0]).number();
  });
}

Result<std::vector<ports::Renewal>> PgJobStore::renew(std::string_view worker_id,
                                                      std::span<const ports::LeaseRef> leases,
                                                      milliseconds lease) {
  std::vector<ports::Renewal> renewed;
  if (leases.empty()) return renewed;
  TextArray ids, fences;
  for (const auto& held : sorted_by_job(leases)) {
    ids.add(held.job_id);
    fences.add(held.fence);
  }
  return guarded([&]() -> Result<std::vector<ports::Renewal>> {
    for (const auto& row : run(renew_leases, {std::move(ids).take(), std::move(fences).take(),
                                              interval(lease), std::string(worker_id)})) {
      Columns columns(row);
      const JobId id(columns.uuid());
      const auto fence = columns.integer();
      renewed.push_back(
          {.job_id = id, .fence = fence, .cancel_requested = columns.text() == "cancelling"});
    }
    return renewed;
  });
}

Result<void> PgJobStore::record_progress(std::span<const ports::ProgressReport> reports) {
  if (reports.empty()) return {};
  TextArray ids, fences, percents, steps, metrics;
  for (const auto& report : sorted_by_job(reports)) {
    ids.add(report.job_id);
    fences.add(report.fence);
    percents.add(std::clamp(report.percent, 0, 100));
    steps.add(sql::storable(report.step));
    metrics.add(sql::storable(report.metrics));
  }
  return guarded([&]() -> Result<void> {
    run(write_progress,
        {std::move(ids).take(), std::move(fences).take(), std::move(percents).take(),
         std::move(steps).take(), std::move(metrics).take()});
    return {};
  });
}

Result<void> PgJobStore::remove(JobId id) {
  Result<void> answer;
  TRY_DO(guarded([&]() -> Result<void> {
    Session(database_->pool()).transact([&](const Session::Execute& execute) {
      const auto rows = execute(lock_job, {id.to_string()});
      if (rows.empty()) {
        answer = fail(Errc::not_found, fmt::format("there is no job {}", id.to_string()));
        return;
      }
      Columns columns(rows[0]);
      const auto job = sql::read_job(columns);
      answer = domain::check_removable(job);
      if (!answer) return;
      execute(delete_job, {id.to_string()});
      if (!job.batch_id) return;
      execute(shrink_batch, {job.batch_id->to_string(), is_terminal(job.status) ? "0" : "1"});
    });
    return {};
  }));
  return answer;
}

Result<std::vector<ports::LeaseSnapshot>> PgJobStore::expired_leases(int limit) {
  return guarded([&]() -> Result<std::vector<ports::LeaseSnapshot>> {
    std::vector<ports::LeaseSnapshot> expired;
    for (const auto& row : run(find_expired, {std::to_string(limit)})) {
      Columns columns(row);
      const JobId id(columns.uuid());
      const auto fence = columns.integer();
      const auto renewals = columns.integer();
      expired.push_back({.job_id = id,
                         .fence = fence,
                         .renewals = renewals,
                         .worker_id = std::string(columns.text())});
    }
    return expired;
  });
}

Result<std::optional<TimePoint>> PgJobStore::next_due() {
  return guarded([&]() -> Result<std::optional<TimePoint>> {
    const auto rows = run(find_next_due);
    if (rows.empty()) return std::nullopt;
    return Columns(rows[0]).optional_time();
  });
}

Result<std::vector<ports::DispatchRef>> PgJobStore::unclaimed(milliseconds age, int limit) {
  return guarded([&]() -> Result<std::vector<ports::DispatchRef>> {
    return read_dispatches(run(find_unclaimed, {interval(age), std::to_string(limit)}));
  });
}

Result<int> PgJobStore::announce_again(milliseconds age, int limit) {
  return guarded([&]() -> Result<int> {
    return Columns(run(announce_unclaimed, {interval(age), std::to_string(limit)})[0]).number();
  });
}

Result<bool> PgJobStore::lead(std::string_view role, std::string_view instance, milliseconds ttl) {
  return guarded([&]() -> Result<bool> {
    return !run(take_lead, {std::string(role), std::string(instance), interval(ttl)}).empty();
  });
}

}  // namespace trainyard::postgres

#include "common/adapters/postgres/pg_columns.hpp"
#include "common/adapters/postgres/pg_job_store.hpp"
#include "common/adapters/postgres/text_array.hpp"

#include <fmt/format.h>

#include <set>

// Forgetting what has been over for long. Ids rise with time, so the primary key finds the oldest
// jobs: an index on the time of their ends would cost every job that ends.

namespace trainyard::postgres {
namespace {

const Statement walk_finished{
    "walk_finished",
    "SELECT j.job_id, j.fence, j.created_at > now() - $1::interval, "
    "coalesce(j.completed_at <= now() - $1::interval, false) AND NOT EXISTS (SELECT FROM batches b "
    "WHERE b.batch_id = j.batch_id AND coalesce(b.completed_at > now() - $1::interval, true)) "
    "FROM jobs j WHERE j.job_id > $2::uuid ORDER BY j.job_id LIMIT $3::int",
    Effect::reads};

const Statement forget_jobs{"forget_jobs", R"sql(
WITH gone AS (
  DELETE FROM jobs WHERE job_id = ANY($1::uuid[]) AND completed_at <= now() - $2::interval
  RETURNING job_id, batch_id
), lines AS (
  DELETE FROM job_history h USING gone g WHERE h.job_id = g.job_id
), found AS (
  DELETE FROM job_results r USING gone g WHERE r.job_id = g.job_id
), wrote AS (
  DELETE FROM job_log l USING gone g WHERE l.job_id = g.job_id
), untold AS (
  DELETE FROM outbox WHERE job_id = ANY($1::uuid[]) AND job_id IN (SELECT job_id FROM gone)
), shrunk AS (
  UPDATE batches b SET total_jobs = b.total_jobs - g.jobs
  FROM (SELECT batch_id, count(*)::int AS jobs FROM gone WHERE batch_id IS NOT NULL
        GROUP BY batch_id ORDER BY batch_id) g
  WHERE b.batch_id = g.batch_id
)
SELECT batch_id FROM gone)sql",
                            Effect::writes};
const Statement forget_batches{
    "forget_batches", "DELETE FROM batches WHERE batch_id = ANY($1::uuid[]) AND total_jobs = 0",
    Effect::writes};

std::string interval(milliseconds duration) {
  return fmt::format("{} milliseconds", duration.count());
}

}  // namespace

Result<ports::FinishedPage> PgJobStore::finished(milliseconds age, JobId after, int limit) {
  return guarded([&]() -> Result<ports::FinishedPage> {
    const auto rows = run(walk_finished, {interval(age), after.to_string(), std::to_string(limit)});
    ports::FinishedPage page;
    for (const auto& row : rows) {
      Columns columns(row);
      const JobId id(columns.uuid());
      const auto fence = columns.integer();
      if (columns.boolean()) return page;
      if (columns.boolean()) page.jobs.push_back({.id = id, .fence = fence});
      page.next = id;
    }
    if (static_cast<int>(rows.size()) < limit) page.next.reset();
    return page;
  });
}

Result<int> PgJobStore::forget(milliseconds age, std::span<const JobId> jobs) {
  if (jobs.empty()) return 0;
  std::set<JobId> sorted(jobs.begin(), jobs.end());
  TextArray ids;
  for (const auto id : sorted)
    ids.add(id);
  return guarded([&]() -> Result<int> {
    int forgotten = 0;
    Session(database_->pool()).transact([&](const Session::Execute& execute) {
      const auto gone = execute(forget_jobs, {std::move(ids).take(), interval(age)});
      forgotten = static_cast<int>(gone.size());
      std::set<BatchId> batches;
      for (const auto& row : gone) {
        if (!row[0].is_null()) batches.insert(BatchId(Columns(row).uuid()));
      }
      if (batches.empty()) return;
      TextArray smaller;
      for (const auto id : batches)
        smaller.add(id);
      execute(forget_batches, {std::move(smaller).take()});
    });
    return forgotten;
  });
}

}  // namespace trainyard::postgres

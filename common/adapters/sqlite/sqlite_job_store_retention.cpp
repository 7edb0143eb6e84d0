#include "common/adapters/sqlite/change_writer.hpp"
#include "common/adapters/sqlite/sqlite_error.hpp"
#include "common/adapters/sqlite/sqlite_job_store.hpp"

// Forgetting what has been over for long. Ids rise with time, so the primary key finds the oldest.

namespace trainyard::sqlite {

Result<ports::FinishedPage> SqliteJobStore::finished(milliseconds age, JobId after, int limit) {
  return guarded([&]() -> Result<ports::FinishedPage> {
    Database::Reader reader(*database_);
    auto row = reader->query(
        "SELECT j.job_id, j.fence, j.created_at > ?1, ifnull(j.completed_at <= ?1, false) "
        "AND NOT EXISTS (SELECT 1 FROM batches b WHERE b.batch_id = j.batch_id "
        "AND ifnull(b.completed_at > ?1, true)) "
        "FROM jobs j WHERE j.job_id > ?2 ORDER BY j.job_id LIMIT ?3");
    row.bind(system_clock().now() - age).bind(after).bind(limit);
    ports::FinishedPage page;
    int seen = 0;
    for (; row.step(); ++seen) {
      const JobId id(row.uuid());
      const auto fence = row.integer();
      if (row.boolean()) return page;
      if (row.boolean()) page.jobs.push_back({.id = id, .fence = fence});
      page.next = id;
    }
    if (seen < limit) page.next.reset();
    return page;
  });
}

Result<int> SqliteJobStore::forget(milliseconds age, std::span<const JobId> jobs) {
  int forgotten = 0;
  if (jobs.empty()) return forgotten;
  TRY_DO(write([&](ChangeWriter& writer, TimePoint now) -> Result<void> {
    for (const auto id : jobs) {
      const auto job = find_job(writer.connection(), id);
      if (!job || !job->completed_at || *job->completed_at > now - age) continue;
      remove_rows(writer.connection(), id);
      writer.forget(*job);
      ++forgotten;
    }
    writer.drop_empty_batches();
    return {};
  }));
  return forgotten;
}

}  // namespace trainyard::sqlite

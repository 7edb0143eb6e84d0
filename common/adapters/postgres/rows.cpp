#include "common/adapters/postgres/rows.hpp"

#include "common/adapters/postgres/pg_error.hpp"

namespace trainyard::postgres {
namespace {

// What is stored was checked on its way in: an unknown name means a damaged or edited database.
template <class T>
T known(std::optional<T> value, std::string_view column) {
  if (value) return *value;
  throw PgFailure{.kind = PgFailure::Kind::other,
                  .error = {.code = Errc::corrupt_data,
                            .detail = "PostgreSQL: an unknown name is stored",
                            .field = std::string(column)}};
}

std::optional<Category> read_category(Columns& row) {
  if (row.is_null()) return std::nullopt;
  return known(category_from(row.text()), "category");
}

}  // namespace

domain::Job read_job(Columns& row) {
  domain::Job job;
  job.id = JobId(row.uuid());
  job.batch_id = row.optional_id<BatchId>();
  job.user_id = row.text();
  job.run_id = row.text();
  job.config = row.text();
  job.cluster_config = row.text();
  job.segment_id = row.text();
  job.model = row.text();
  job.correlation_id = row.text();
  job.priority = row.number();
  job.status = known(domain::status_from(row.text()), "status");
  job.progress = row.number();
  job.current_step = row.text();
  job.created_at = row.time();
  job.updated_at = row.time();
  job.submitted_at = row.optional_time();
  job.started_at = row.optional_time();
  job.completed_at = row.optional_time();
  job.mlflow_run_id = row.text();
  job.metrics = row.text();
  job.artifact_uri = row.text();
  job.checkpoint_path = row.text();
  job.error = row.text();
  job.error_category = read_category(row);
  job.attempt = row.number();
  job.retry_count = row.number();
  job.interruptions = row.number();
  job.version = row.integer();
  job.dispatch_no = row.integer();
  job.fence = row.integer();
  job.admitted_at = row.optional_time();
  job.next_attempt_at = row.optional_time();
  if (row.is_null()) return job;
  domain::Lease lease;
  lease.worker_id = row.text();
  lease.token = ClaimToken(row.uuid());
  lease.until = row.time();
  lease.renewals = row.integer();
  job.lease = std::move(lease);
  return job;
}

domain::HistoryEntry read_history(Columns& row) {
  domain::HistoryEntry entry;
  entry.job_id = JobId(row.uuid());
  entry.version = row.integer();
  entry.event = known(domain::event_from(row.text()), "event");
  if (!row.is_null()) entry.from = known(domain::status_from(row.text()), "from_status");
  entry.to = known(domain::status_from(row.text()), "to_status");
  entry.at = row.time();
  entry.attempt = row.number();
  entry.fence = row.integer();
  entry.worker_id = row.text();
  entry.detail = row.text();
  entry.category = read_category(row);
  return entry;
}

domain::Batch read_batch(Columns& row) {
  domain::Batch batch;
  batch.id = BatchId(row.uuid());
  batch.user_id = row.text();
  batch.config = row.text();
  batch.correlation_id = row.text();
  batch.created_at = row.time();
  batch.completed_at = row.optional_time();
  batch.total_jobs = row.number();
  batch.open_jobs = row.number();
  return batch;
}

}  // namespace trainyard::postgres

#include "common/adapters/sqlite/rows.hpp"

#include "common/adapters/sql/storable_text.hpp"

#include <fmt/format.h>

namespace trainyard::sqlite {
namespace {

Query& bind_category(Query& query, const std::optional<Category>& category) {
  return category ? query.bind(to_string(*category)) : query.bind_null();
}

// What a command may change, in the order of both statements below.
void bind_mutable(Query& query, const domain::Job& job) {
  query.bind(job.run_id)
      .bind(to_string(job.status))
      .bind(job.progress)
      .bind(job.current_step)
      .bind(job.updated_at)
      .bind(job.submitted_at)
      .bind(job.started_at)
      .bind(job.completed_at)
      .bind(job.mlflow_run_id)
      .bind(job.metrics)
      .bind(job.artifact_uri)
      .bind(job.error);
  bind_category(query, job.error_category)
      .bind(job.attempt)
      .bind(job.retry_count)
      .bind(job.interruptions)
      .bind(job.version)
      .bind(job.dispatch_no)
      .bind(job.fence)
      .bind(job.admitted_at)
      .bind(job.next_attempt_at)
      .bind(job.rank);
  if (job.lease) {
    query.bind(job.lease->worker_id)
        .bind(job.lease->token)
        .bind(job.lease->until)
        .bind(job.lease->renewals);
  } else {
    query.bind_null().bind_null().bind_null().bind_null();
  }
}

}  // namespace

void insert_job(Connection& connection, const domain::Job& job) {
  auto query = connection.query(
      "INSERT INTO jobs (job_id, batch_id, user_id, config, cluster_config, segment_id, model, "
      "correlation_id, priority, created_at, run_at, lease_ms, timeout_ms, queue, limit_key, "
      "unique_key, run_id, status, progress, current_step, updated_at, "
      "submitted_at, started_at, completed_at, mlflow_run_id, metrics, artifact_uri, error, "
      "error_category, attempt, retry_count, interruptions, version, dispatch_no, fence, "
      "admitted_at, next_attempt_at, rank, lease_worker, lease_token, lease_until, "
      "lease_renewals) VALUES "
      "(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
  query.bind(job.id)
      .bind(job.batch_id)
      .bind(job.user_id)
      .bind(job.config)
      .bind(job.cluster_config)
      .bind(job.segment_id)
      .bind(job.model)
      .bind(job.correlation_id)
      .bind(job.priority)
      .bind(job.created_at)
      .bind(job.options.run_at)
      .bind(job.options.lease.count())
      .bind(job.options.timeout.count())
      .bind(job.options.queue)
      .bind(job.options.key)
      .bind(job.unique_key);
  bind_mutable(query, job);
  query.run();
}

void update_job(Connection& connection, const domain::Job& job) {
  auto query = connection.query(
      "UPDATE jobs SET run_id = ?, status = ?, progress = ?, current_step = ?, updated_at = ?, "
      "submitted_at = ?, started_at = ?, completed_at = ?, mlflow_run_id = ?, metrics = ?, "
      "artifact_uri = ?, error = ?, error_category = ?, attempt = ?, retry_count = ?, "
      "interruptions = ?, version = ?, dispatch_no = ?, fence = ?, admitted_at = ?, "
      "next_attempt_at = ?, rank = ?, lease_worker = ?, lease_token = ?, lease_until = ?, "
      "lease_renewals = ? WHERE job_id = ?");
  bind_mutable(query, job);
  query.bind(job.id).run();
}

void update_spec(Connection& connection, JobId id, const domain::JobSpec& spec) {
  connection
      .query(
          "UPDATE jobs SET config = ?, cluster_config = ?, segment_id = ?, model = ?, priority = ? "
          "WHERE job_id = ?")
      .bind(spec.config)
      .bind(spec.cluster_config)
      .bind(spec.segment_id)
      .bind(spec.model)
      .bind(spec.priority)
      .bind(id)
      .run();
}

void insert_history(Connection& connection, const domain::HistoryEntry& entry) {
  auto query = connection.query(
      "INSERT INTO job_history (job_id, version, event, from_status, to_status, at, attempt, "
      "fence, "
      "worker_id, detail, category) VALUES (?,?,?,?,?,?,?,?,?,?,?)");
  query.bind(entry.job_id).bind(entry.version).bind(to_string(entry.event));
  entry.from ? query.bind(to_string(*entry.from)) : query.bind_null();
  query.bind(to_string(entry.to))
      .bind(entry.at)
      .bind(entry.attempt)
      .bind(entry.fence)
      .bind(entry.worker_id)
      .bind(entry.detail);
  bind_category(query, entry.category).run();
}

}  // namespace trainyard::sqlite

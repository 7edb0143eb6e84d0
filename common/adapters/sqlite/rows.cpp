#include "common/adapters/sqlite/rows.hpp"

#include "common/adapters/sql/storable_text.hpp"

#include <fmt/format.h>

namespace trainyard::sqlite {
namespace {

constexpr std::string_view job_columns =
    "job_id, batch_id, user_id, run_id, config, cluster_config, segment_id, model, correlation_id, "
    "priority, status, progress, current_step, created_at, updated_at, submitted_at, started_at, "
    "completed_at, mlflow_run_id, metrics, artifact_uri, checkpoint_path, error, error_category, "
    "attempt, retry_count, interruptions, version, dispatch_no, fence, admitted_at, "
    "next_attempt_at, lease_worker, lease_token, lease_until, lease_renewals";
constexpr std::string_view slim_job_columns =
    "job_id, batch_id, user_id, run_id, '', '', segment_id, model, correlation_id, "
    "priority, status, progress, current_step, created_at, updated_at, submitted_at, started_at, "
    "completed_at, mlflow_run_id, metrics, artifact_uri, checkpoint_path, error, error_category, "
    "attempt, retry_count, interruptions, version, dispatch_no, fence, admitted_at, "
    "next_attempt_at, lease_worker, lease_token, lease_until, lease_renewals";
constexpr std::string_view history_columns =
    "job_id, version, event, from_status, to_status, at, attempt, fence, worker_id, detail, "
    "category";

// What is stored was checked on its way in: an unknown name means a damaged or edited file.
template <class T>
T known(std::optional<T> value, std::string_view column) {
  if (value) return *value;
  throw SqliteFailure(SQLITE_CORRUPT,
                      fmt::format("SQLite: column {} holds an unknown name", column));
}

std::optional<Category> read_category(Query& row) {
  if (row.is_null()) return std::nullopt;
  return known(category_from(row.text()), "category");
}

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
      .bind(job.next_attempt_at);
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

std::string select_jobs(std::string_view rest) {
  return fmt::format("SELECT {} FROM jobs {}", job_columns, rest);
}

std::string select_slim_jobs(std::string_view rest) {
  return fmt::format("SELECT {} FROM jobs {}", slim_job_columns, rest);
}

domain::Job read_job(Query& row) {
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

void insert_job(Connection& connection, const domain::Job& job) {
  auto query = connection.query(
      "INSERT INTO jobs (job_id, batch_id, user_id, config, cluster_config, segment_id, model, "
      "correlation_id, priority, created_at, run_id, status, progress, current_step, updated_at, "
      "submitted_at, started_at, completed_at, mlflow_run_id, metrics, artifact_uri, error, "
      "error_category, attempt, retry_count, interruptions, version, dispatch_no, fence, "
      "admitted_at, next_attempt_at, lease_worker, lease_token, lease_until, lease_renewals) "
      "VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
  query.bind(job.id)
      .bind(job.batch_id)
      .bind(job.user_id)
      .bind(job.config)
      .bind(job.cluster_config)
      .bind(job.segment_id)
      .bind(job.model)
      .bind(job.correlation_id)
      .bind(job.priority)
      .bind(job.created_at);
  bind_mutable(query, job);
  query.run();
}

void update_job(Connection& connection, const domain::Job& job) {
  auto query = connection.query(
      "UPDATE jobs SET run_id = ?, status = ?, progress = ?, current_step = ?, updated_at = ?, "
      "submitted_at = ?, started_at = ?, completed_at = ?, mlflow_run_id = ?, metrics = ?, "
      "artifact_uri = ?, error = ?, error_category = ?, attempt = ?, retry_count = ?, "
      "interruptions = ?, version = ?, dispatch_no = ?, fence = ?, admitted_at = ?, "
      "next_attempt_at = ?, lease_worker = ?, lease_token = ?, lease_until = ?, "
      "lease_renewals = ? WHERE job_id = ?");
  bind_mutable(query, job);
  query.bind(job.id).run();
}

void insert_history(Connection& connection, const domain::HistoryEntry& entry) {
  auto query = connection.query(
      fmt::format("INSERT INTO job_history ({}) VALUES (?,?,?,?,?,?,?,?,?,?,?)", history_columns));
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

std::string select_history(std::string_view rest) {
  return fmt::format("SELECT {} FROM job_history {}", history_columns, rest);
}

domain::HistoryEntry read_history(Query& row) {
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

std::string select_batches(std::string_view rest) {
  return fmt::format(
      "SELECT batch_id, user_id, config, correlation_id, created_at, completed_at, total_jobs, "
      "open_jobs FROM batches {}",
      rest);
}

std::string count_jobs_of_batches(std::string_view rest) {
  return fmt::format(
      "SELECT p.batch_id, p.user_id, '', p.correlation_id, p.created_at, p.completed_at, "
      "p.total_jobs, p.open_jobs, coalesce(j.status, ''), count(j.job_id), "
      "coalesce(sum(j.progress), 0) FROM (SELECT b.* FROM batches b {}) p "
      "LEFT JOIN jobs j ON j.batch_id = p.batch_id GROUP BY p.batch_id, j.status "
      "ORDER BY p.batch_id DESC",
      rest);
}

domain::Batch read_batch(Query& row) {
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

}  // namespace trainyard::sqlite

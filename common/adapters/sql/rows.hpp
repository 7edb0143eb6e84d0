#pragma once

#include "common/domain/batch.hpp"
#include "common/domain/job.hpp"

#include <string>

// How rows become records, and the one place that knows the order of columns when reading. A Row
// gives the columns of one row in order (text, integer, number, time, uuid, optional_…, is_null)
// and has unknown_name(column), which throws: what is stored was checked on its way in, so an
// unknown name means a damaged or edited database. The tables are called j, h and b.

namespace trainyard::sql {

// Why a job's batch was made is stored with the batch alone.
inline const std::string cause_column =
    "coalesce((SELECT o.cause FROM batches o WHERE o.batch_id = j.batch_id), '')";
inline const std::string job_columns =
    cause_column + ", " +
    "j.job_id, j.batch_id, j.user_id, j.run_id, j.config, j.cluster_config, j.segment_id, "
    "j.model, j.correlation_id, j.priority, j.status, j.progress, j.current_step, "
    "j.created_at, j.updated_at, j.submitted_at, j.started_at, j.completed_at, "
    "j.mlflow_run_id, j.metrics, j.artifact_uri, j.checkpoint_path, j.error, "
    "j.error_category, j.attempt, j.retry_count, j.interruptions, j.version, j.dispatch_no, "
    "j.fence, j.admitted_at, j.next_attempt_at, j.rank, j.run_at, j.lease_ms, j.timeout_ms, "
    "j.queue, j.limit_key, j.unique_key, j.lease_worker, j.lease_token, j.lease_until, "
    "j.lease_renewals";
// With empty configs, for readers that show many jobs.
inline const std::string slim_job_columns =
    cause_column + ", " +
    "j.job_id, j.batch_id, j.user_id, j.run_id, '', '', j.segment_id, j.model, "
    "j.correlation_id, j.priority, j.status, j.progress, j.current_step, j.created_at, "
    "j.updated_at, j.submitted_at, j.started_at, j.completed_at, j.mlflow_run_id, j.metrics, "
    "j.artifact_uri, j.checkpoint_path, j.error, j.error_category, j.attempt, j.retry_count, "
    "j.interruptions, j.version, j.dispatch_no, j.fence, j.admitted_at, j.next_attempt_at, "
    "j.rank, j.run_at, j.lease_ms, j.timeout_ms, j.queue, j.limit_key, j.unique_key, "
    "j.lease_worker, j.lease_token, j.lease_until, j.lease_renewals";
inline const std::string history_columns =
    "h.job_id, h.version, h.event, h.from_status, h.to_status, h.at, h.attempt, h.fence, "
    "h.worker_id, h.detail, h.category";
inline const std::string batch_columns =
    "b.batch_id, b.user_id, b.config, b.correlation_id, b.created_at, b.completed_at, "
    "b.total_jobs, b.open_jobs, b.cause";
// What the events of a job tell of it.
inline const std::string event_job_columns =
    "j.job_id, j.batch_id, j.user_id, j.segment_id, j.model, j.correlation_id, j.progress, "
    "j.current_step, j.updated_at, j.metrics, j.retry_count, j.version, j.next_attempt_at, " +
    cause_column;

template <class Row, class T>
T known(std::optional<T> value, std::string_view column) {
  if (!value) Row::unknown_name(column);
  return *value;
}

template <class Row>
std::optional<Category> read_category(Row& row) {
  if (row.is_null()) return std::nullopt;
  return known<Row>(category_from(row.text()), "category");
}

// job_columns or slim_job_columns.
template <class Row>
domain::Job read_job(Row& row) {
  domain::Job job;
  job.cause = row.text();
  job.id = JobId(row.uuid());
  job.batch_id = row.template optional_id<BatchId>();
  job.user_id = row.text();
  job.run_id = row.text();
  job.config = row.text();
  job.cluster_config = row.text();
  job.segment_id = row.text();
  job.model = row.text();
  job.correlation_id = row.text();
  job.priority = row.number();
  job.status = known<Row>(domain::status_from(row.text()), "status");
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
  job.rank = row.time();
  job.options.run_at = row.optional_time();
  job.options.lease = milliseconds(row.integer());
  job.options.timeout = milliseconds(row.integer());
  job.options.queue = row.text();
  job.options.key = row.text();
  job.unique_key = row.text();
  if (row.is_null()) return job;
  domain::Lease lease;
  lease.worker_id = row.text();
  lease.token = ClaimToken(row.uuid());
  lease.until = row.time();
  lease.renewals = row.integer();
  job.lease = std::move(lease);
  return job;
}

// event_job_columns; the rest of the record stays empty.
template <class Row>
domain::Job read_event_job(Row& row) {
  domain::Job job;
  job.id = JobId(row.uuid());
  job.batch_id = row.template optional_id<BatchId>();
  job.user_id = row.text();
  job.segment_id = row.text();
  job.model = row.text();
  job.correlation_id = row.text();
  job.progress = row.number();
  job.current_step = row.text();
  job.updated_at = row.time();
  job.metrics = row.text();
  job.retry_count = row.number();
  job.version = row.integer();
  job.next_attempt_at = row.optional_time();
  job.cause = row.text();
  return job;
}

template <class Row>
domain::HistoryEntry read_history(Row& row) {
  domain::HistoryEntry entry;
  entry.job_id = JobId(row.uuid());
  entry.version = row.integer();
  entry.event = known<Row>(domain::event_from(row.text()), "event");
  if (!row.is_null()) entry.from = known<Row>(domain::status_from(row.text()), "from_status");
  entry.to = known<Row>(domain::status_from(row.text()), "to_status");
  entry.at = row.time();
  entry.attempt = row.number();
  entry.fence = row.integer();
  entry.worker_id = row.text();
  entry.detail = row.text();
  entry.category = read_category(row);
  return entry;
}

template <class Row>
domain::Batch read_batch(Row& row) {
  domain::Batch batch;
  batch.id = BatchId(row.uuid());
  batch.user_id = row.text();
  batch.config = row.text();
  batch.correlation_id = row.text();
  batch.created_at = row.time();
  batch.completed_at = row.optional_time();
  batch.total_jobs = row.number();
  batch.open_jobs = row.number();
  batch.cause = row.text();
  return batch;
}

}  // namespace trainyard::sql

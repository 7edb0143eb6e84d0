#pragma once

#include "common/adapters/postgres/pg_columns.hpp"
#include "common/domain/batch.hpp"
#include "common/domain/job.hpp"

#include <string>

// How rows become records: the one place that knows the order of columns when reading.

namespace trainyard::postgres {

inline constexpr int job_column_count = 36;

// With the configs, or with empty ones for readers that show many jobs. Of the tables j, h and b.
inline const std::string job_columns =
    "j.job_id, j.batch_id, j.user_id, j.run_id, j.config, j.cluster_config, j.segment_id, "
    "j.model, j.correlation_id, j.priority, j.status, j.progress, j.current_step, "
    "j.created_at, j.updated_at, j.submitted_at, j.started_at, j.completed_at, "
    "j.mlflow_run_id, j.metrics, j.artifact_uri, j.checkpoint_path, j.error, "
    "j.error_category, j.attempt, j.retry_count, j.interruptions, j.version, j.dispatch_no, "
    "j.fence, j.admitted_at, j.next_attempt_at, j.lease_worker, j.lease_token, "
    "j.lease_until, j.lease_renewals";
inline const std::string slim_job_columns =
    "j.job_id, j.batch_id, j.user_id, j.run_id, '', '', j.segment_id, j.model, "
    "j.correlation_id, j.priority, j.status, j.progress, j.current_step, j.created_at, "
    "j.updated_at, j.submitted_at, j.started_at, j.completed_at, j.mlflow_run_id, j.metrics, "
    "j.artifact_uri, j.checkpoint_path, j.error, j.error_category, j.attempt, j.retry_count, "
    "j.interruptions, j.version, j.dispatch_no, j.fence, j.admitted_at, j.next_attempt_at, "
    "j.lease_worker, j.lease_token, j.lease_until, j.lease_renewals";
inline const std::string history_columns =
    "h.job_id, h.version, h.event, h.from_status, h.to_status, h.at, h.attempt, h.fence, "
    "h.worker_id, h.detail, h.category";
inline const std::string batch_columns =
    "b.batch_id, b.user_id, b.config, b.correlation_id, b.created_at, b.completed_at, "
    "b.total_jobs, b.open_jobs";

domain::Job read_job(Columns& row);
domain::HistoryEntry read_history(Columns& row);
domain::Batch read_batch(Columns& row);

}  // namespace trainyard::postgres

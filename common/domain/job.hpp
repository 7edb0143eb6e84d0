#pragma once

#include "common/base/error.hpp"
#include "common/base/time.hpp"
#include "common/base/uuid.hpp"
#include "common/domain/job_options.hpp"
#include "common/domain/job_status.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace trainyard::domain {

// Who works on a running job, until when. Times are the store's.
struct Lease {
  std::string worker_id;  // unique per boot of a worker
  ClaimToken token;       // made by the claimer: tells its own claim from another's after doubt
  TimePoint until;
  std::int64_t renewals = 0;
};

// One training job.
//
// Invariants:
//  - `status` changes only along domain::edges, and `version` rises with every change except
//    progress and lease renewal;
//  - there is a lease exactly while the status is running or cancelling;
//  - `fence` rises with every claim and never falls: what carries an older one is refused;
//  - `dispatch_no` rises with every admission, so an old TrainRequested cannot claim the job;
//  - `completed_at` is set exactly in the terminal states;
//  - a job that is submitting is announced (`admitted_at`) or in line (`next_attempt_at` and
//    `rank`), and never both;
//  - a failed attempt counts in `retry_count`, an interruption (lost lease, drain) in
//    `interruptions`, and never in both.
struct Job {
  JobId id;
  std::optional<BatchId> batch_id;
  std::string user_id;
  std::string run_id;          // "local-…" or the remote run's id; empty before the first start
  std::string config;          // JSON object as accepted (schemas/job_config.schema.json)
  std::string cluster_config;  // JSON object
  std::string segment_id;      // of a one-segment job, else empty
  std::string model;           // of a one-model job, else empty
  std::string correlation_id;
  std::string cause;  // JSON object of the event that its batch came from; empty when asked for
  int priority = 0;   // higher first
  JobOptions options;
  std::string unique_key;  // that it was made under; empty: none

  JobStatus status = JobStatus::pending;
  int progress = 0;  // percent
  std::string current_step;
  TimePoint created_at;
  TimePoint updated_at;
  std::optional<TimePoint> submitted_at;
  std::optional<TimePoint> started_at;
  std::optional<TimePoint> completed_at;

  std::string mlflow_run_id;
  std::string metrics;  // JSON object: metrics known so far; empty before the first
  std::string artifact_uri;
  std::string checkpoint_path;
  std::string error;  // why the last attempt failed, for people
  std::optional<Category> error_category;

  int attempt = 0;        // how often work has begun: 1 for the first claim
  int retry_count = 0;    // failed attempts that were followed by another
  int interruptions = 0;  // attempts taken back without fault of the job

  std::int64_t version = 0;
  std::int64_t dispatch_no = 0;
  std::int64_t fence = 0;
  std::optional<TimePoint> admitted_at;      // set while announced and unclaimed
  std::optional<TimePoint> next_attempt_at;  // in line, and not before then
  TimePoint rank;                            // place in line (admission.hpp)
  std::optional<Lease> lease;
};

// One line of a job's append-only history: (job_id, version) identifies it for ever, and the
// event of the same transition on the bus carries the same identity.
struct HistoryEntry {
  JobId job_id;
  std::int64_t version = 0;
  JobEvent event = JobEvent::created;
  std::optional<JobStatus> from;  // none for `created`
  JobStatus to = JobStatus::pending;
  TimePoint at;
  int attempt = 0;
  std::int64_t fence = 0;
  std::string worker_id;
  std::string detail;  // the error or the reason, for people; empty when there is none
  std::optional<Category> category;
};

}  // namespace trainyard::domain

#pragma once

#include "common/base/time.hpp"
#include "common/base/uuid.hpp"
#include "common/domain/job_status.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace trainyard::domain {

// Jobs accepted together: one per segment and model. Its status and progress are counted from its
// jobs; `open_jobs` is the one number kept with it, so that the end is noticed exactly once.
struct Batch {
  BatchId id;
  std::string user_id;
  std::string config;  // as accepted, without segment and model
  std::string correlation_id;
  std::string cause;  // JSON object: what started it; empty when a user asked for it
  TimePoint created_at;
  std::optional<TimePoint> completed_at;  // set while no job is open
  int total_jobs = 0;
  int open_jobs = 0;  // jobs not in a terminal state
};

struct BatchCounts {
  int total = 0;
  int pending = 0;  // pending and submitting
  int running = 0;  // running and cancelling
  int completed = 0;
  int failed = 0;
  int cancelled = 0;
  int progress_sum = 0;  // of all jobs' percentages, a terminal job counting 100

  // Counts `jobs` in this state whose percentages add up to `progress`.
  void add(JobStatus status, int jobs, int progress);
};

enum class BatchStatus { running, completed, partial, failed, cancelled };
inline constexpr std::array all_batch_statuses{BatchStatus::running, BatchStatus::completed,
                                               BatchStatus::partial, BatchStatus::failed,
                                               BatchStatus::cancelled};
std::string_view to_string(BatchStatus status);
std::optional<BatchStatus> batch_status_from(std::string_view name);

// running while a job is open; then completed (all did), cancelled (none completed or failed),
// failed (none completed), else partial.
BatchStatus status_of(const BatchCounts& counts);

// Percent, rounded down, 100 only when nothing is open.
int progress_of(const BatchCounts& counts);

}  // namespace trainyard::domain

#include "common/domain/batch.hpp"

#include <algorithm>
#include <utility>

namespace trainyard::domain {
namespace {

int open_jobs(const BatchCounts& counts) {
  return counts.pending + counts.running;
}

}  // namespace

void BatchCounts::add(JobStatus status, int jobs, int progress) {
  total += jobs;
  progress_sum += is_terminal(status) ? 100 * jobs : progress;
  switch (status) {
    case JobStatus::pending:
    case JobStatus::submitting:
      pending += jobs;
      return;
    case JobStatus::running:
    case JobStatus::cancelling:
      running += jobs;
      return;
    case JobStatus::completed:
      completed += jobs;
      return;
    case JobStatus::failed:
      failed += jobs;
      return;
    case JobStatus::cancelled:
      cancelled += jobs;
      return;
  }
  std::unreachable();
}

std::string_view to_string(BatchStatus status) {
  switch (status) {
    case BatchStatus::running:
      return "running";
    case BatchStatus::completed:
      return "completed";
    case BatchStatus::partial:
      return "partial";
    case BatchStatus::failed:
      return "failed";
    case BatchStatus::cancelled:
      return "cancelled";
  }
  std::unreachable();
}

std::optional<BatchStatus> batch_status_from(std::string_view name) {
  const auto* found = std::ranges::find(all_batch_statuses, name,
                                        [](BatchStatus status) { return to_string(status); });
  return found == all_batch_statuses.end() ? std::nullopt : std::optional(*found);
}

BatchStatus status_of(const BatchCounts& counts) {
  if (open_jobs(counts) > 0) return BatchStatus::running;
  if (counts.completed == counts.total) return BatchStatus::completed;
  if (counts.completed > 0) return BatchStatus::partial;
  return counts.failed > 0 ? BatchStatus::failed : BatchStatus::cancelled;
}

int progress_of(const BatchCounts& counts) {
  if (counts.total == 0 || open_jobs(counts) == 0) return 100;
  return std::min(99, counts.progress_sum / counts.total);
}

}  // namespace trainyard::domain

#include "common/wire/run_json.hpp"

#include "common/domain/run_id.hpp"

#include <utility>

namespace trainyard::wire {
namespace {

using enum domain::JobStatus;

std::optional<std::int64_t> epoch_ms(const std::optional<TimePoint>& time) {
  if (!time) return std::nullopt;
  return std::chrono::floor<std::chrono::milliseconds>(time->time_since_epoch()).count();
}

}  // namespace

std::string_view life_cycle_of(domain::JobStatus status) {
  switch (status) {
    case pending:
    case submitting:
      return "PENDING";
    case running:
      return "RUNNING";
    case cancelling:
      return "TERMINATING";
    case completed:
    case failed:
    case cancelled:
      return "TERMINATED";
  }
  std::unreachable();
}

std::string_view result_state_of(domain::JobStatus status) {
  switch (status) {
    case completed:
      return "SUCCESS";
    case failed:
      return "FAILED";
    case cancelled:
      return "CANCELED";
    case pending:
    case submitting:
    case running:
    case cancelling:
      return {};
  }
  std::unreachable();
}

void write_run(JsonWriter& out, const domain::Job& job) {
  out.begin_object()
      .field("run_id", domain::run_id_of(job))
      .field("job_id", job.id.to_string())
      .field("state", life_cycle_of(job.status))
      .text_or_null("result_state", result_state_of(job.status))
      .field("start_time", epoch_ms(job.started_at))
      .field("end_time", epoch_ms(job.completed_at))
      .text_or_null("error", job.error)
      .end_object();
}

}  // namespace trainyard::wire

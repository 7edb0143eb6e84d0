#include "common/domain/job_status.hpp"

#include <utility>

namespace trainyard::domain {

std::string_view to_string(JobStatus status) {
  switch (status) {
    case JobStatus::pending:
      return "pending";
    case JobStatus::submitting:
      return "submitting";
    case JobStatus::running:
      return "running";
    case JobStatus::cancelling:
      return "cancelling";
    case JobStatus::cancelled:
      return "cancelled";
    case JobStatus::completed:
      return "completed";
    case JobStatus::failed:
      return "failed";
  }
  std::unreachable();
}

std::string_view to_string(JobEvent event) {
  switch (event) {
    case JobEvent::created:
      return "created";
    case JobEvent::submitted:
      return "submitted";
    case JobEvent::started:
      return "started";
    case JobEvent::progress:
      return "progress";
    case JobEvent::requeued:
      return "requeued";
    case JobEvent::retrying:
      return "retrying";
    case JobEvent::completed:
      return "completed";
    case JobEvent::failed:
      return "failed";
    case JobEvent::cancelling:
      return "cancelling";
    case JobEvent::cancelled:
      return "cancelled";
  }
  std::unreachable();
}

std::string_view event_name(JobEvent event) {
  switch (event) {
    case JobEvent::created:
      return "JOB_CREATED";
    case JobEvent::submitted:
      return "JOB_SUBMITTED";
    case JobEvent::started:
      return "JOB_STARTED";
    case JobEvent::progress:
      return "JOB_PROGRESS";
    case JobEvent::requeued:
      return "JOB_REQUEUED";
    case JobEvent::retrying:
      return "JOB_RETRYING";
    case JobEvent::completed:
      return "JOB_COMPLETED";
    case JobEvent::failed:
      return "JOB_FAILED";
    case JobEvent::cancelling:
      return "JOB_CANCELLING";
    case JobEvent::cancelled:
      return "JOB_CANCELLED";
  }
  std::unreachable();
}

std::optional<JobStatus> status_from(std::string_view name) {
  for (auto status : all_statuses) {
    if (to_string(status) == name) return status;
  }
  return std::nullopt;
}

std::optional<JobEvent> event_from(std::string_view name) {
  for (auto event : all_events) {
    if (to_string(event) == name) return event;
  }
  return std::nullopt;
}

}  // namespace trainyard::domain

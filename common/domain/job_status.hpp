#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace trainyard::domain {

enum class JobStatus {
  pending,     // created, not submitted
  submitting,  // submitted: waiting, admitted, or being handed to a worker
  running,     // a worker holds the lease and work has begun
  cancelling,  // cancel requested, the work is not yet known to have stopped
  cancelled,   // final
  completed,   // final
  failed,      // ended by an error; a user's retry may reopen it
};

enum class JobEvent {
  created,
  submitted,
  started,
  progress,  // not a transition: may be coalesced
  requeued,
  retrying,
  completed,
  failed,
  cancelling,
  cancelled,
};

inline constexpr std::array all_statuses{
    JobStatus::pending,   JobStatus::submitting, JobStatus::running, JobStatus::cancelling,
    JobStatus::cancelled, JobStatus::completed,  JobStatus::failed};
inline constexpr std::array all_events{
    JobEvent::created,    JobEvent::submitted, JobEvent::started,   JobEvent::progress,
    JobEvent::requeued,   JobEvent::retrying,  JobEvent::completed, JobEvent::failed,
    JobEvent::cancelling, JobEvent::cancelled};

std::string_view to_string(JobStatus status);  // "running"
std::string_view to_string(JobEvent event);    // "job.started" without its prefix: "started"
std::string_view event_name(JobEvent event);   // "JOB_STARTED"
std::optional<JobStatus> status_from(std::string_view name);
std::optional<JobEvent> event_from(std::string_view name);  // takes "started"

// completed, failed, cancelled: nothing runs any more and nobody holds a lease.
constexpr bool is_terminal(JobStatus status) {
  return status == JobStatus::completed || status == JobStatus::failed ||
         status == JobStatus::cancelled;
}

}  // namespace trainyard::domain

#pragma once

#include "common/base/error.hpp"
#include "common/domain/job_status.hpp"

#include <array>
#include <optional>

// The life of a job as one table: the code below runs on it, db/README.md prints it, and the
// contract suite of the stores walks through every cell of it.

namespace trainyard::domain {

struct Edge {
  JobStatus from;
  JobEvent event;
  JobStatus to;
  std::string_view when;
};

inline constexpr std::array edges{
    Edge{JobStatus::pending, JobEvent::submitted, JobStatus::submitting, "the user starts it"},
    Edge{JobStatus::pending, JobEvent::cancelled, JobStatus::cancelled,
         "cancelled before submission"},
    Edge{JobStatus::submitting, JobEvent::started, JobStatus::running, "a worker claims it"},
    Edge{JobStatus::submitting, JobEvent::retrying, JobStatus::submitting,
         "handing it over failed, and may work later"},
    Edge{JobStatus::submitting, JobEvent::failed, JobStatus::failed,
         "handing it over failed for good"},
    Edge{JobStatus::submitting, JobEvent::cancelled, JobStatus::cancelled,
         "cancelled while waiting"},
    Edge{JobStatus::running, JobEvent::completed, JobStatus::completed, "the work succeeded"},
    Edge{JobStatus::running, JobEvent::failed, JobStatus::failed,
         "an error that a retry would not mend, or no retries left"},
    Edge{JobStatus::running, JobEvent::retrying, JobStatus::submitting, "a retriable error"},
    Edge{JobStatus::running, JobEvent::requeued, JobStatus::submitting,
         "lease lost, or handed back by a draining worker"},
    Edge{JobStatus::running, JobEvent::cancelling, JobStatus::cancelling, "cancel requested"},
    Edge{JobStatus::cancelling, JobEvent::cancelled, JobStatus::cancelled, "the work has stopped"},
    Edge{JobStatus::cancelling, JobEvent::failed, JobStatus::failed,
         "an error ended the work before the cancel did"},
    Edge{JobStatus::failed, JobEvent::submitted, JobStatus::submitting, "the user retries it"},
};

// Where `event` takes a job that is in `from`; nullopt where the table has no such edge.
constexpr std::optional<JobStatus> target_of(JobStatus from, JobEvent event) {
  for (const auto& edge : edges) {
    if (edge.from == from && edge.event == event) return edge.to;
  }
  return std::nullopt;
}

// The same, as an error that names the state and what it allows (Errc::illegal_transition).
Result<JobStatus> next_status(JobStatus from, JobEvent event);

}  // namespace trainyard::domain

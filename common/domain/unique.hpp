#pragma once

#include "common/base/time.hpp"
#include "common/domain/job_status.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace trainyard::domain {

// A new job that is to be made only while its user has none of the same key: none that was made
// within the last `within` (ever, when there is none) and is in one of `states`.
struct Uniqueness {
  std::string key;
  std::optional<std::chrono::seconds> within;
  std::vector<JobStatus> states{JobStatus::pending, JobStatus::submitting, JobStatus::running,
                                JobStatus::cancelling, JobStatus::completed};

  bool counts(JobStatus status, TimePoint created_at, TimePoint now) const {
    return (!within || created_at >= now - *within) &&
           std::ranges::find(states, status) != states.end();
  }
  bool operator==(const Uniqueness&) const = default;
};

inline constexpr std::size_t unique_key_max = 200;
inline constexpr std::chrono::hours unique_within_max{24 * 366};

}  // namespace trainyard::domain

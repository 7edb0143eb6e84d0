#pragma once

#include "common/base/error.hpp"
#include "common/base/time.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace trainyard::domain {

struct RetryPolicy {
  int retries_max = 3;                // MAX_JOB_RETRIES, after the first attempt
  std::chrono::seconds delay{30};     // RETRY_DELAY_SECONDS: d, 2d, 4d
  double jitter = 0.2;                // each delay is moved by up to this share
  int cluster_retries_max_local = 1;  // a crashed local child is retried once
  int interruptions_max = 5;          // then the job may be what kills its workers
};

// How long to wait before the next attempt, or nullopt when there is to be none.
//   retry_count    failed attempts so far that were retried (0 at the first failure)
//   category       transient and cluster are retried, the others are not
//   random         uniform in [0, 1): the jitter
//   retry_after    a server's own wish; it wins over the computed delay
std::optional<milliseconds> retry_delay(const RetryPolicy& policy, Category category,
                                        int retry_count, double random,
                                        std::optional<milliseconds> retry_after = std::nullopt);

}  // namespace trainyard::domain

#include "common/domain/retry_policy.hpp"

#include <algorithm>

namespace trainyard::domain {
namespace {

int retries_allowed(const RetryPolicy& policy, Category category) {
  switch (category) {
    case Category::transient:
      return policy.retries_max;
    case Category::cluster:
      return std::min(policy.retries_max, policy.cluster_retries_max_local);
    case Category::data:
    case Category::config:
    case Category::permanent:
      return 0;
  }
  std::unreachable();
}

}  // namespace

std::optional<milliseconds> retry_delay(const RetryPolicy& policy, Category category,
                                        int retry_count, double random,
                                        std::optional<milliseconds> retry_after) {
  if (retry_count >= retries_allowed(policy, category)) return std::nullopt;
  if (retry_after) return retry_after;
  const auto base = std::chrono::duration<double, std::milli>(policy.delay) *
                    static_cast<double>(1 << std::min(retry_count, 20));
  return std::chrono::duration_cast<milliseconds>(base *
                                                  (1.0 + policy.jitter * (2.0 * random - 1.0)));
}

}  // namespace trainyard::domain

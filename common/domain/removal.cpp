#include "common/domain/removal.hpp"

#include <fmt/format.h>

namespace trainyard::domain {

Result<void> check_removable(const Job& job) {
  if (is_terminal(job.status) || job.status == JobStatus::pending) return {};
  return fail(
      Error{.code = Errc::illegal_transition,
            .detail = fmt::format("a job that is {} cannot be deleted", to_string(job.status)),
            .field = "status",
            .hint = "cancel it first"});
}

}  // namespace trainyard::domain

#include "common/adapters/sql/removal.hpp"

#include <fmt/format.h>

namespace trainyard::sql {

Result<void> check_removable(const domain::Job& job) {
  if (is_terminal(job.status) || job.status == domain::JobStatus::pending) return {};
  return fail(
      Error{.code = Errc::illegal_transition,
            .detail = fmt::format("a job that is {} cannot be deleted", to_string(job.status)),
            .field = "status",
            .hint = "cancel it first"});
}

}  // namespace trainyard::sql

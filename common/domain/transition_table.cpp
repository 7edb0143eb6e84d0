#include "common/domain/transition_table.hpp"

#include <fmt/format.h>

namespace trainyard::domain {

Result<JobStatus> next_status(JobStatus from, JobEvent event) {
  if (const auto to = target_of(from, event)) return *to;
  std::string allowed;
  for (const auto& edge : edges) {
    if (edge.from != from) continue;
    if (!allowed.empty()) allowed += ", ";
    allowed += to_string(edge.event);
  }
  return fail(Error{
      .code = Errc::illegal_transition,
      .detail = fmt::format("a job that is {} cannot become {}", to_string(from), to_string(event)),
      .field = "status",
      .hint = allowed.empty() ? std::string("this state is final")
                              : fmt::format("from here it can be: {}", allowed)});
}

}  // namespace trainyard::domain

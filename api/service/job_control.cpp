#include "api/service/job_control.hpp"

#include "common/wire/job_control.hpp"

namespace trainyard::service {

void JobControl::cancel(std::span<const domain::Job> jobs) {
  std::vector<ports::Message> messages;
  for (const auto& job : jobs) {
    messages.push_back({.topic = ports::topics::job_control,
                        .key = job.id.to_string(),
                        .value = wire::to_json(wire::JobControl{.job_id = job.id}),
                        .headers = {{"correlation_id", job.correlation_id}}});
  }
  bus_.publish(messages, [log = log_](std::size_t, const Result<void>& sent) {
    if (!sent) log.warn("cancel not announced, lease renewal will", {{"error", sent.error()}});
  });
}

}  // namespace trainyard::service

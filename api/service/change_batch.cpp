#include "api/service/change_batch.hpp"

#include "api/service/group_commit.hpp"
#include "api/service/own_job.hpp"

namespace trainyard::service {
namespace {

constexpr std::size_t set_max = 1'000;

Result<BatchChange> apply_in_sets(ports::JobStore& store,
                                  const std::vector<domain::JobCommand>& commands,
                                  JobControl* control) {
  BatchChange change;
  for (std::size_t begin = 0; begin < commands.size(); begin += set_max) {
    const auto set = std::span(commands).subspan(begin, std::min(set_max, commands.size() - begin));
    std::vector<domain::Job> stopping;
    for (auto& answer : apply_all(store, set)) {
      if (answer && !answer->unchanged) {
        ++change.changed;
        if (answer->job.status == domain::JobStatus::cancelling) {
          stopping.push_back(std::move(answer->job));
        }
      } else if (answer || answer.error().code == Errc::illegal_transition) {
        ++change.untouched;
      } else {
        return std::unexpected(std::move(answer).error());
      }
    }
    if (control != nullptr && !stopping.empty()) control->cancel(stopping);
  }
  return change;
}

}  // namespace

Result<BatchChange> cancel_batch(ports::JobStore& store, JobControl& control, const Caller& caller,
                                 BatchId id) {
  TRY_DO(own_batch(store, caller, id));
  TRY(const auto jobs, store.batch_jobs(id));
  std::vector<domain::JobCommand> commands;
  for (const auto& job : jobs) {
    if (!domain::is_terminal(job.status)) commands.emplace_back(domain::Cancel{job.id});
  }
  return apply_in_sets(store, commands, &control);
}

Result<BatchChange> retry_failed(ports::JobStore& store, const Caller& caller, BatchId id) {
  TRY_DO(own_batch(store, caller, id));
  TRY(const auto jobs, store.batch_jobs(id));
  std::vector<domain::JobCommand> commands;
  for (const auto& job : jobs) {
    if (job.status == domain::JobStatus::failed) commands.emplace_back(domain::Submit{job.id});
  }
  return apply_in_sets(store, commands, nullptr);
}

}  // namespace trainyard::service

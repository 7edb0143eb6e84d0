#include "api/service/change_jobs.hpp"

#include "api/service/group_commit.hpp"
#include "api/service/read_job.hpp"
#include "api/service/redrive_job.hpp"
#include "common/runtime/outage.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace trainyard::service {
namespace {

using domain::JobStatus;
using std::chrono::steady_clock;

constexpr int slice = 500;
constexpr int jobs_max = 20'000;
constexpr std::chrono::seconds time_max{5};
constexpr std::size_t errors_max = 10;

std::unexpected<Error> needs_status(std::string_view expected) {
  return fail(Error{.code = Errc::invalid_argument,
                    .detail = std::string("the filter needs a status: ") + std::string(expected),
                    .field = "status",
                    .hint = "send one request per status"});
}

Result<void> check_status(JobsAction action, std::optional<JobStatus>& status) {
  const auto is_one_of = [&](std::initializer_list<JobStatus> known) {
    return status && std::ranges::find(known, *status) != known.end();
  };
  switch (action) {
    case JobsAction::redrive:
      if (!status) status = JobStatus::failed;
      if (status == JobStatus::failed) return {};
      return needs_status("failed, or none");
    case JobsAction::cancel:
      if (is_one_of({JobStatus::pending, JobStatus::submitting, JobStatus::running})) return {};
      return needs_status("pending, submitting or running");
    case JobsAction::remove:
      if (is_one_of({JobStatus::pending, JobStatus::completed, JobStatus::failed,
                     JobStatus::cancelled})) {
        return {};
      }
      return needs_status("pending, completed, failed or cancelled");
  }
  std::unreachable();
}

class Changer {
 public:
  Changer(const JobsChanging& with, const Caller& caller, const JobsChange& change)
      : with_(with), caller_(caller), change_(change) {}

  Result<void> take(std::span<const domain::Job> jobs) {
    if (change_.action == JobsAction::remove) return remove(jobs);
    std::vector<domain::JobCommand> commands;
    for (const auto& job : jobs) {
      if (change_.action == JobsAction::cancel) {
        commands.emplace_back(domain::Cancel{job.id});
      } else if (auto redrive = redrive_of(with_.intake, caller_, job, change_.patch)) {
        commands.emplace_back(*std::move(redrive));
      } else {
        TRY_DO(refuse(job.id, redrive.error()));
      }
    }
    return apply(commands);
  }

  JobsChanged done;

 private:
  Result<void> apply(std::span<const domain::JobCommand> commands) {
    std::vector<domain::Job> stopping;
    auto answers = apply_all(with_.store, commands);
    for (std::size_t i = 0; i < answers.size(); ++i) {
      if (!answers[i]) {
        TRY_DO(refuse(domain::job_of(commands[i]), answers[i].error()));
        continue;
      }
      ++done.changed;
      auto& job = answers[i]->job;
      if (job.status == JobStatus::cancelling) stopping.push_back(std::move(job));
    }
    if (!stopping.empty()) with_.control.cancel(stopping);
    return {};
  }

  Result<void> remove(std::span<const domain::Job> jobs) {
    for (const auto& job : jobs) {
      const auto removed = delete_job(with_.store, with_.artifacts, caller_, job.id);
      if (removed) {
        ++done.changed;
      } else {
        TRY_DO(refuse(job.id, removed.error()));
      }
    }
    return {};
  }

  // What would befall every other job, too, ends the request.
  Result<void> refuse(JobId id, const Error& why) {
    if (runtime::may_pass(why)) return fail(why);
    ++done.refused;
    if (done.errors.size() < errors_max) done.errors.emplace_back(id, why);
    return {};
  }

  const JobsChanging& with_;
  const Caller& caller_;
  const JobsChange& change_;
};

}  // namespace

Result<JobsChanged> change_jobs(const JobsChanging& with, const Caller& caller,
                                const JobsChange& change) {
  const auto end = steady_clock::now() + time_max;
  auto filter = change.filter;
  TRY(filter.user_id, whose(caller, filter.user_id));
  TRY_DO(check_status(change.action, filter.status));
  const bool is_dry = change.mode == JobsChange::Mode::dry_run;
  filter.limit = is_dry ? 0 : slice;
  Changer changer(with, caller, change);
  auto& done = changer.done;
  while (true) {
    TRY(const auto page, with.store.list(filter));
    if (filter.total == ports::JobFilter::Total::counted) done.matched = page.total;
    if (is_dry) return std::move(done);
    TRY_DO(changer.take(page.jobs));
    if (!page.has_more) return std::move(done);
    filter.total = ports::JobFilter::Total::unknown;
    filter.before = page.jobs.back().id;
    if (done.changed + done.refused >= jobs_max || steady_clock::now() >= end) {
      done.next = filter.before;
      return std::move(done);
    }
  }
}

}  // namespace trainyard::service

#include "api/service/read_run.hpp"

#include "common/domain/run_id.hpp"
#include "common/wire/run_json.hpp"

#include <fmt/format.h>

#include <unordered_map>

namespace trainyard::service {
namespace {

Result<std::vector<JobId>> jobs_of(std::span<const std::string> run_ids) {
  std::vector<JobId> ids;
  ids.reserve(run_ids.size());
  for (const auto& run_id : run_ids) {
    const auto id = domain::job_of_run(run_id);
    if (!id) {
      return fail(Error{.code = Errc::invalid_argument,
                        .detail = fmt::format("'{}' is no run", run_id),
                        .field = "run_id",
                        .hint = "runs are named like local-01920000-0000-7000-8000-000000000000"});
    }
    ids.push_back(*id);
  }
  return ids;
}

// One job per name, in their order.
Result<std::vector<domain::Job>> own_runs(ports::JobStore& store, const Caller& caller,
                                          std::span<const std::string> run_ids) {
  TRY(const auto ids, jobs_of(run_ids));
  TRY(auto found, store.get_many(ids));
  std::unordered_map<JobId, const domain::Job*> by_id;
  for (const auto& job : found)
    by_id.emplace(job.id, &job);
  std::vector<domain::Job> jobs;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto job = by_id.find(ids[i]);
    if (job == by_id.end()) {
      return fail(Errc::not_found, fmt::format("there is no run {}", run_ids[i]));
    }
    if (!caller.may_touch(job->second->user_id)) {
      return fail(Errc::forbidden, fmt::format("run {} belongs to another user", run_ids[i]));
    }
    jobs.push_back(*job->second);
  }
  return jobs;
}

}  // namespace

Result<std::string> run_json(ports::JobStore& store, const Caller& caller,
                             std::string_view run_id) {
  const std::array<std::string, 1> name{std::string(run_id)};
  TRY(const auto jobs, own_runs(store, caller, name));
  wire::JsonWriter out;
  wire::write_run(out, jobs.front());
  return out.take();
}

Result<std::string> runs_json(ports::JobStore& store, const Caller& caller,
                              std::span<const std::string> run_ids) {
  TRY(const auto jobs, own_runs(store, caller, run_ids));
  domain::BatchCounts counts;
  for (const auto& job : jobs)
    counts.add(job.status, 1, 0);
  wire::JsonWriter out;
  out.begin_object()
      .field("total", counts.total)
      .field("completed", counts.completed)
      .field("failed", counts.failed + counts.cancelled)
      .field("running", counts.running)
      .field("pending", counts.pending)
      .key("details")
      .begin_array();
  for (const auto& job : jobs)
    wire::write_run(out, job);
  out.end_array().end_object();
  return out.take();
}

}  // namespace trainyard::service

#include "api/service/read_job.hpp"

#include "api/service/own_job.hpp"
#include "common/domain/removal.hpp"
#include "common/wire/job_json.hpp"
#include "common/wire/training_task.hpp"

#include <fmt/format.h>

namespace trainyard::service {

Result<std::string> job_history_json(ports::JobStore& store, const Caller& caller, JobId id) {
  TRY(const auto job, own_job(store, caller, id));
  TRY(const auto entries, store.history(id));
  wire::JsonWriter out;
  out.begin_object()
      .field("job_id", id.to_string())
      .raw_or_null("cause", job.cause)
      .key("events")
      .begin_array();
  for (const auto& entry : entries)
    wire::write_history_entry(out, entry);
  out.end_array().end_object();
  return out.take();
}

Result<std::string> job_results_json(ports::JobStore& store, const Caller& caller, JobId id) {
  TRY(const auto job, own_job(store, caller, id));
  if (job.status != domain::JobStatus::completed) {
    return fail(Error{.code = Errc::illegal_transition,
                      .detail = fmt::format("job {} has no results: it is {}", id.to_string(),
                                            to_string(job.status)),
                      .field = "status",
                      .hint = domain::is_terminal(job.status)
                                  ? fmt::format("read why at /api/v2/jobs/{}", id.to_string())
                                  : fmt::format("ask /api/v2/jobs/{} until its status is completed",
                                                id.to_string())});
  }
  TRY(const auto results, store.results(id));
  wire::JsonWriter out;
  out.begin_object()
      .field("job_id", id.to_string())
      .field("status", to_string(job.status))
      .text_or_null("mlflow_run_id", job.mlflow_run_id)
      .raw_or_null("results", results)
      .end_object();
  return out.take();
}

Result<ports::JobPage> list_jobs(ports::JobStore& store, const Caller& caller,
                                 ports::JobFilter filter) {
  TRY(filter.user_id, whose(caller, filter.user_id));
  filter.total = ports::JobFilter::Total::counted_far_enough;
  return store.list(filter);
}

Result<void> delete_job(ports::JobStore& store, ports::ArtifactStore& artifacts,
                        const Caller& caller, JobId id) {
  TRY(const auto job, own_job(store, caller, id));
  TRY_DO(domain::check_removable(job));
  for (std::int64_t fence = 1; fence <= job.fence; ++fence)
    TRY_DO(artifacts.remove_all(wire::job_folder(id, fence)));
  return store.remove(id);
}

}  // namespace trainyard::service

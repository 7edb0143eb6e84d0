#include "api/service/redrive_job.hpp"

#include "api/service/group_commit.hpp"
#include "api/service/own_job.hpp"
#include "common/wire/redrive_json.hpp"

#include <fmt/format.h>

namespace trainyard::service {
namespace {

Result<void> check_place_in_batch(const domain::Job& job, const domain::JobSpec& edited) {
  if (!job.batch_id) return {};
  const bool keeps_model = job.model == edited.model;
  if (keeps_model && job.segment_id == edited.segment_id) return {};
  return fail(Error{.code = Errc::invalid_argument,
                    .detail = "a job of a batch stays that of its segment and model",
                    .field = keeps_model ? "segment_id" : "models",
                    .hint = "make a new job for another"});
}

Result<domain::JobSpec> edited_spec(const JobIntake& intake, const domain::Job& job,
                                    std::string config) {
  TRY(const auto spec, intake.check_config(config));
  if (intake.check_path) TRY_DO(intake.check_path(spec.data_path));
  domain::JobSpec edited{
      .config = std::move(config),
      .cluster_config = intake.cluster_config ? intake.cluster_config(spec) : job.cluster_config,
      .segment_id = spec.segment_id.value_or(""),
      .model = spec.models.size() == 1 ? spec.models.front() : std::string(),
      .priority = spec.priority};
  TRY_DO(check_place_in_batch(job, edited));
  return edited;
}

}  // namespace

Result<domain::Redrive> redrive_of(const JobIntake& intake, const Caller& caller,
                                   const domain::Job& job, std::string_view patch) {
  domain::Redrive redrive{.job_id = job.id,
                          .version = job.version,
                          .edited = std::nullopt,
                          .detail = fmt::format("redriven by {}", caller.user_id)};
  // An edit of a job in another state is refused for the state, whatever the edit says.
  if (patch.empty() || job.status != domain::JobStatus::failed) return redrive;
  auto config = wire::patched(job.config, patch);
  redrive.detail += fmt::format(": {}", wire::difference(job.config, config));
  TRY(redrive.edited, edited_spec(intake, job, std::move(config)));
  return redrive;
}

Result<domain::Job> redrive_job(ports::JobStore& store, const JobIntake& intake,
                                const Caller& caller, JobId id, std::string_view patch) {
  TRY(const auto job, own_job(store, caller, id));
  TRY(auto redrive, redrive_of(intake, caller, job, patch));
  const domain::JobCommand command = std::move(redrive);
  TRY(auto change, std::move(apply_all(store, {&command, 1}).front()));
  return std::move(change.job);
}

}  // namespace trainyard::service

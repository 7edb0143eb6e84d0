#include "api/control/pruner.hpp"

#include "common/wire/training_task.hpp"

namespace trainyard::control {

Pruner::Pruner(log::Log log, ports::JobStore& store, ports::DefinitionStore& definitions,
               std::shared_ptr<ports::ArtifactStore> artifacts, PrunerOptions options)
    : log_(log),
      store_(store),
      definitions_(definitions),
      artifacts_(std::move(artifacts)),
      options_(options),
      outage_(log, "store (forgetting what is long over)", options.backoff),
      ticker_([this] { return round(); }) {}

milliseconds Pruner::round() {
  const auto began = std::chrono::steady_clock::now();
  const auto more_jobs = prune_jobs();
  if (!more_jobs) return outage_.failed(more_jobs.error());
  const auto more_decisions = prune_decisions();
  if (!more_decisions) return outage_.failed(more_decisions.error());
  outage_.over();
  if (*more_jobs || *more_decisions) {
    return std::chrono::ceil<milliseconds>(std::chrono::steady_clock::now() - began);
  }
  if (forgotten_ > 0) log_.info("finished jobs forgotten", {{"jobs", forgotten_}});
  forgotten_ = 0;
  return options_.interval;
}

Result<bool> Pruner::prune_jobs() {
  if (options_.jobs_age <= milliseconds(0)) return false;
  TRY(const auto page, store_.finished(options_.jobs_age, seen_, options_.set_max));
  std::vector<JobId> old;
  for (const auto& job : page.jobs) {
    TRY_DO(remove_artifacts(job));
    old.push_back(job.id);
  }
  TRY(const int forgotten, store_.forget(options_.jobs_age, old));
  forgotten_ += forgotten;
  seen_ = page.next.value_or(JobId());
  return page.next.has_value();
}

Result<bool> Pruner::prune_decisions() {
  if (options_.decisions_age <= milliseconds(0)) return false;
  TRY(const int forgotten, definitions_.forget_decisions(options_.decisions_age, options_.set_max));
  return forgotten == options_.set_max;
}

Result<void> Pruner::remove_artifacts(const ports::FinishedJob& job) {
  for (std::int64_t fence = 1; fence <= job.fence; ++fence)
    TRY_DO(artifacts_->remove_all(wire::job_folder(job.id, fence)));
  return {};
}

}  // namespace trainyard::control

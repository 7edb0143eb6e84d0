#include "api/service/run_pipeline.hpp"

#include "api/service/change_batch.hpp"
#include "common/runtime/outage.hpp"

#include <fmt/format.h>

namespace trainyard::service {
namespace {

using domain::Pipeline;
using domain::StepStatus;

// Each round brings at least one step further; more of them means that others move it, too.
constexpr int rounds_max = 1'000;

// Acts for the pipeline's user, of whose batches it is sure.
class Mover {
 public:
  Mover(const Pipelining& with, PipelineView view)
      : with_(with),
        view_(std::move(view)),
        owner_{.user_id = view_.stored.user_id, .correlation_id = view_.stored.correlation_id} {}

  // False when there is nothing left to do now.
  Result<bool> round() {
    TRY(const auto batches, read_batches());
    const auto& now = view_.spec.pipeline;
    if (auto next = domain::advance(now, batches); next != now) {
      TRY_DO(store(std::move(next)));
      return true;
    }
    for (std::size_t i = 0; i < now.steps.size(); ++i) {
      TRY(const bool acted, act(i, now.steps[i].status));
      if (acted) return true;
    }
    return false;
  }

  PipelineView take() && { return std::move(view_); }

 private:
  // Does what the state of a step asks for; whether that may have changed something.
  Result<bool> act(std::size_t step, StepStatus status) {
    if (status == StepStatus::stopping) return stop(step);
    if (status == StepStatus::starting) {
      TRY_DO(start(step));
    } else if (status == StepStatus::retrying) {
      TRY_DO(retry(step));
    } else {
      return false;
    }
    return true;
  }

  Result<std::map<BatchId, domain::BatchStatus>> read_batches() {
    std::map<BatchId, domain::BatchStatus> batches;
    for (const auto& step : view_.spec.pipeline.steps) {
      const bool runs = step.status == StepStatus::running || step.status == StepStatus::stopping;
      if (!runs || !step.batch_id) continue;
      const auto counts = with_.starting.jobs.count_batch(*step.batch_id);
      // Its jobs were deleted: nothing of it can complete any more.
      const bool is_gone = !counts && counts.error().code == Errc::not_found;
      if (!counts && !is_gone) return fail(counts.error());
      batches[*step.batch_id] =
          is_gone ? domain::BatchStatus::cancelled : domain::status_of(*counts);
    }
    return batches;
  }

  Result<void> start(std::size_t i) {
    auto order = view_.spec.orders[i];
    order.cause = wire::cause_of(view_.stored.id.to_string(), view_.spec.pipeline.steps[i]);
    const auto made = start_training(with_.starting, owner_, order);
    if (!made && runtime::may_pass(made.error())) return fail(made.error());
    const Result<BatchId> batch =
        made ? Result<BatchId>(made->batch_id) : std::unexpected(made.error());
    return store(domain::started(view_.spec.pipeline, i, batch));
  }

  Result<void> retry(std::size_t i) {
    const auto batch = *view_.spec.pipeline.steps[i].batch_id;
    const auto retried = retry_failed(with_.starting.jobs, owner_, batch);
    if (!retried && retried.error().code != Errc::not_found) return fail(retried.error());
    domain::BatchCounts counts;  // of a batch that is gone: nothing is left to submit again
    if (retried) {
      TRY(counts, with_.starting.jobs.count_batch(batch));
    } else {
      counts.add(domain::JobStatus::cancelled, 1, 0);
    }
    return store(domain::retried(view_.spec.pipeline, i, counts));
  }

  // Whether that ended the batch at once: nobody worked on it.
  Result<bool> stop(std::size_t i) {
    const auto batch = *view_.spec.pipeline.steps[i].batch_id;
    TRY_DO(cancel_batch(with_.starting.jobs, with_.control, owner_, batch));
    TRY(const auto counts, with_.starting.jobs.count_batch(batch));
    return domain::status_of(counts) != domain::BatchStatus::running;
  }

  // At the revision that was read. When somebody else moved it on, their state is taken up: what
  // was done here is found done, because it is named by the step.
  Result<void> store(Pipeline next) {
    const auto life = domain::is_over(next.status) ? ports::PipelineChange::Life::over
                                                   : ports::PipelineChange::Life::open;
    const auto revision = with_.pipelines.change({.id = view_.stored.id,
                                                  .revision = view_.stored.revision,
                                                  .status = std::string(to_string(next.status)),
                                                  .state = wire::pipeline_state(next),
                                                  .life = life});
    if (!revision && revision.error().code != Errc::conflict) return fail(revision.error());
    TRY(auto stored, with_.pipelines.get(view_.stored.id));
    TRY(view_, view_of(std::move(stored)));
    return {};
  }

  const Pipelining& with_;
  PipelineView view_;
  const Caller owner_;
};

}  // namespace

Result<PipelineView> view_of(ports::StoredPipeline stored) {
  TRY(auto spec, wire::parse_pipeline(stored.spec));
  TRY(spec.pipeline, wire::with_state(std::move(spec.pipeline), stored.status, stored.state));
  return PipelineView{.stored = std::move(stored), .spec = std::move(spec)};
}

Result<PipelineView> move_on(const Pipelining& with, ports::PipelineId id) {
  TRY(auto stored, with.pipelines.get(id));
  TRY(auto view, view_of(std::move(stored)));
  Mover mover(with, std::move(view));
  for (int i = 0; i < rounds_max; ++i) {
    TRY(const bool moved, mover.round());
    if (!moved) return std::move(mover).take();
  }
  return fail(Errc::unavailable, fmt::format("pipeline {} keeps moving", id.to_string()));
}

}  // namespace trainyard::service

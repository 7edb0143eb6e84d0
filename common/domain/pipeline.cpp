#include "common/domain/pipeline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace trainyard::domain {
namespace {

bool may_still_complete(StepStatus status) {
  switch (status) {
    case StepStatus::failed:
    case StepStatus::skipped:
    case StepStatus::cancelled:
      return false;
    default:
      return true;
  }
}

bool is_settled(const PipelineStep& step) {
  return step.status == StepStatus::completed || !may_still_complete(step.status);
}

void settle(PipelineStep& step, StepStatus status, std::string reason = {}) {
  step.status = status;
  step.reason = std::move(reason);
}

void end_with_batch(PipelineStep& step, BatchStatus batch) {
  if (batch == BatchStatus::running) return;
  const bool is_whole =
      batch == BatchStatus::completed ||
      (batch == BatchStatus::partial && step.partial == PartialSuccess::completes);
  if (is_whole) return settle(step, StepStatus::completed);
  if (step.status == StepStatus::stopping) return settle(step, StepStatus::cancelled);
  settle(step, StepStatus::failed,
         batch == BatchStatus::partial     ? "some of its jobs did not complete"
         : batch == BatchStatus::cancelled ? "its batch was cancelled"
                                           : "its jobs failed");
}

// The next thing that follows for a step that waits; whether there was one.
bool follow(Pipeline& pipeline, PipelineStep& step) {
  if (step.status != StepStatus::waiting) return false;
  if (pipeline.status == PipelineStatus::cancelling) {
    settle(step, StepStatus::cancelled);
    return true;
  }
  bool is_ready = true;
  for (const auto place : step.after) {
    const auto& before = pipeline.steps[place];
    if (!may_still_complete(before.status)) {
      settle(step, StepStatus::skipped,
             fmt::format("step '{}' {}", before.name,
                         before.status == StepStatus::failed    ? "failed"
                         : before.status == StepStatus::skipped ? "was skipped"
                                                                : "was cancelled"));
      return true;
    }
    is_ready = is_ready && before.status == StepStatus::completed;
  }
  if (is_ready) step.status = StepStatus::starting;
  return is_ready;
}

PipelineStatus outcome_of(const Pipeline& pipeline) {
  if (!std::ranges::all_of(pipeline.steps, is_settled)) return pipeline.status;
  const auto has = [&](StepStatus status) {
    return std::ranges::find(pipeline.steps, status, &PipelineStep::status) != pipeline.steps.end();
  };
  if (has(StepStatus::failed)) return PipelineStatus::failed;
  return has(StepStatus::cancelled) ? PipelineStatus::cancelled : PipelineStatus::completed;
}

std::unexpected<Error> wrong_step(std::string field, std::string detail, std::string hint) {
  return fail(Error{.code = Errc::invalid_argument,
                    .detail = std::move(detail),
                    .field = std::move(field),
                    .hint = std::move(hint),
                    .category = Category::config});
}

std::unexpected<Error> not_now(const Pipeline& pipeline, std::string_view what) {
  return fail(Error{.code = Errc::illegal_transition,
                    .detail = fmt::format("the pipeline is {}: there is nothing to {}",
                                          to_string(pipeline.status), what),
                    .field = "status"});
}

template <class Status, std::size_t count>
std::optional<Status> find_name(const std::array<Status, count>& all, std::string_view name) {
  const auto* found = std::ranges::find(all, name, [](Status status) { return to_string(status); });
  return found == all.end() ? std::nullopt : std::optional(*found);
}

}  // namespace

std::string_view to_string(StepStatus status) {
  constexpr std::array<std::string_view, all_step_statuses.size()> names{
      "waiting",   "starting", "running", "retrying", "stopping",
      "completed", "failed",   "skipped", "cancelled"};
  return names[static_cast<std::size_t>(status)];
}

std::optional<StepStatus> step_status_from(std::string_view name) {
  return find_name(all_step_statuses, name);
}

std::string_view to_string(PipelineStatus status) {
  constexpr std::array<std::string_view, all_pipeline_statuses.size()> names{
      "running", "cancelling", "completed", "failed", "cancelled"};
  return names[static_cast<std::size_t>(status)];
}

std::optional<PipelineStatus> pipeline_status_from(std::string_view name) {
  return find_name(all_pipeline_statuses, name);
}

Result<void> check_order(const Pipeline& pipeline) {
  const auto& steps = pipeline.steps;
  if (steps.empty() || steps.size() > pipeline_steps_max) {
    return wrong_step("steps", fmt::format("a pipeline has 1 to {} steps", pipeline_steps_max),
                      "each is {name, after, config, …}");
  }
  std::set<std::string_view> names;
  for (const auto& step : steps) {
    if (names.insert(step.name).second) continue;
    return wrong_step("steps", fmt::format("two steps are called '{}'", step.name),
                      "give each a name of its own");
  }
  // Takes away what may begin until nothing is left, or nothing more can begin.
  std::vector<bool> done(steps.size());
  for (std::size_t left = steps.size(); left > 0;) {
    const auto before = left;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (done[i] || !std::ranges::all_of(steps[i].after, [&](auto j) { return done[j]; }))
        continue;
      done[i] = true;
      --left;
    }
    if (left < before) continue;
    std::vector<std::string_view> circle;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (!done[i]) circle.push_back(steps[i].name);
    }
    return wrong_step("steps",
                      fmt::format("steps wait for each other: {}", fmt::join(circle, ", ")),
                      "an order of steps has no circle");
  }
  return {};
}

Pipeline advance(Pipeline pipeline, const std::map<BatchId, BatchStatus>& batches) {
  for (auto& step : pipeline.steps) {
    const bool follows_batch =
        step.status == StepStatus::running || step.status == StepStatus::stopping;
    if (!follows_batch || !step.batch_id) continue;
    const auto batch = batches.find(*step.batch_id);
    if (batch != batches.end()) end_with_batch(step, batch->second);
    const bool goes_on = step.status == StepStatus::running;
    if (goes_on && pipeline.status == PipelineStatus::cancelling)
      step.status = StepStatus::stopping;
  }
  for (bool moved = true; moved;) {
    moved = false;
    for (auto& step : pipeline.steps)
      moved = follow(pipeline, step) || moved;
  }
  pipeline.status = outcome_of(pipeline);
  return pipeline;
}

Pipeline started(Pipeline pipeline, std::size_t step, const Result<BatchId>& batch) {
  auto& chosen = pipeline.steps.at(step);
  if (!batch) {
    settle(chosen, StepStatus::failed, describe(batch.error()));
    return pipeline;
  }
  chosen.batch_id = *batch;
  chosen.status = StepStatus::running;
  return pipeline;
}

Pipeline retried(Pipeline pipeline, std::size_t step, const BatchCounts& batch) {
  auto& chosen = pipeline.steps.at(step);
  const auto status = status_of(batch);
  const bool goes_on = status == BatchStatus::running || status == BatchStatus::completed;
  if (goes_on || batch.failed > 0) {
    chosen.status = StepStatus::running;
    return pipeline;
  }
  chosen.batch_id.reset();
  ++chosen.attempt;
  chosen.status = StepStatus::starting;
  return pipeline;
}

Result<Pipeline> cancel(Pipeline pipeline) {
  if (is_over(pipeline.status)) return not_now(pipeline, "cancel");
  pipeline.status = PipelineStatus::cancelling;
  for (auto& step : pipeline.steps) {
    if (step.status == StepStatus::retrying) step.status = StepStatus::stopping;
  }
  return advance(std::move(pipeline), {});
}

Result<Pipeline> retry(Pipeline pipeline) {
  const bool may =
      pipeline.status == PipelineStatus::failed || pipeline.status == PipelineStatus::cancelled;
  if (!may) return not_now(pipeline, "retry");
  pipeline.status = PipelineStatus::running;
  for (auto& step : pipeline.steps) {
    if (step.status == StepStatus::completed) continue;
    step.reason.clear();
    if (step.batch_id) {
      step.status = StepStatus::retrying;
    } else {
      // What was refused to start may start now: its origin names no batch yet.
      step.status = StepStatus::waiting;
    }
  }
  return advance(std::move(pipeline), {});
}

}  // namespace trainyard::domain

#pragma once

#include "common/base/error.hpp"
#include "common/base/uuid.hpp"
#include "common/domain/batch.hpp"

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// One run of dependent steps, each of which is a batch, and what becomes of it when batches end.
// Pure: what has to be done outside (start, retry or stop a batch) is a state of its step, so that
// whoever finds it there after a crash does it, once or again.

namespace trainyard::domain {

enum class StepStatus {
  waiting,    // for the steps that it comes after
  starting,   // its batch is to be made
  running,    // its batch has open jobs
  retrying,   // the failed jobs of its batch are to be submitted again
  stopping,   // its batch is to be cancelled
  completed,  // final
  failed,     // a retry of the pipeline may reopen it
  skipped,    // a step that it comes after has not completed; likewise
  cancelled,  // likewise
};
inline constexpr std::array all_step_statuses{
    StepStatus::waiting,  StepStatus::starting, StepStatus::running,
    StepStatus::retrying, StepStatus::stopping, StepStatus::completed,
    StepStatus::failed,   StepStatus::skipped,  StepStatus::cancelled};
std::string_view to_string(StepStatus status);
std::optional<StepStatus> step_status_from(std::string_view name);

enum class PipelineStatus { running, cancelling, completed, failed, cancelled };
inline constexpr std::array all_pipeline_statuses{
    PipelineStatus::running, PipelineStatus::cancelling, PipelineStatus::completed,
    PipelineStatus::failed, PipelineStatus::cancelled};
std::string_view to_string(PipelineStatus status);
std::optional<PipelineStatus> pipeline_status_from(std::string_view name);
constexpr bool is_over(PipelineStatus status) {
  return status != PipelineStatus::running && status != PipelineStatus::cancelling;
}

// Whether a step counts as completed when some jobs of its batch failed.
enum class PartialSuccess { fails, completes };

struct PipelineStep {
  std::string name;
  std::vector<std::size_t> after;  // places of other steps
  PartialSuccess partial = PartialSuccess::fails;
  StepStatus status = StepStatus::waiting;
  int attempt = 1;  // rises with each new batch: names it, together with pipeline and step
  std::optional<BatchId> batch_id;
  std::string reason;  // why it failed or was skipped, for people
  bool operator==(const PipelineStep&) const = default;
};

struct Pipeline {
  PipelineStatus status = PipelineStatus::running;
  std::vector<PipelineStep> steps;
  bool operator==(const Pipeline&) const = default;
};

inline constexpr std::size_t pipeline_steps_max = 100;

// invalid_argument names the step: no steps or too many, a name twice, an order without a begin.
Result<void> check_order(const Pipeline& pipeline);

// What follows from how its batches stand: steps end with them, those that come after begin or are
// skipped, and the pipeline is over when nothing is left to happen. Batches that are not told count
// as running.
Pipeline advance(Pipeline pipeline, const std::map<BatchId, BatchStatus>& batches);

// What came of a step that was starting, or retrying.
Pipeline started(Pipeline pipeline, std::size_t step, const Result<BatchId>& batch);
// `batch`: how it stands after its failed jobs were submitted again. When it has none left to
// submit and is not whole either, it gets a new batch.
Pipeline retried(Pipeline pipeline, std::size_t step, const BatchCounts& batch);

// Nothing new begins, and what runs is stopped. illegal_transition when it is over.
Result<Pipeline> cancel(Pipeline pipeline);
// Repeats what did not complete, and then goes on. illegal_transition unless it failed or was
// cancelled.
Result<Pipeline> retry(Pipeline pipeline);

}  // namespace trainyard::domain

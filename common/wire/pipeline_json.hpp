#pragma once

#include "common/domain/pipeline.hpp"
#include "common/wire/json_writer.hpp"
#include "common/wire/training_order.hpp"

namespace trainyard::wire {

// A pipeline as its user writes it: {name?, steps: [{name, after?, allow_partial?, …}]}, where a
// step says what to train as in parse_training, `template` among it.
struct PipelineSpec {
  std::string name;
  domain::Pipeline pipeline;          // as it begins
  std::vector<TrainingOrder> orders;  // of the steps, without their causes
};

// Errors: corrupt_data, invalid_argument naming the key or the step.
Result<PipelineSpec> parse_pipeline(std::string_view object);

// What a store keeps of it beside the spec, and back: onto the pipeline of the same spec.
// corrupt_data: it is not of this spec.
std::string pipeline_state(const domain::Pipeline& pipeline);
Result<domain::Pipeline> with_state(domain::Pipeline pipeline, std::string_view status,
                                    std::string_view state);

// Names a step's batch for ever, together with the attempt.
Cause cause_of(const std::string& pipeline_id, const domain::PipelineStep& step);
// The pipeline that a batch's cause names; empty when it names none.
std::string pipeline_of(std::string_view cause);

}  // namespace trainyard::wire

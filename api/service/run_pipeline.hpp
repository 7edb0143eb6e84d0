#pragma once

#include "api/service/job_control.hpp"
#include "api/service/start_training.hpp"
#include "common/ports/pipeline_store.hpp"
#include "common/wire/pipeline_json.hpp"

namespace trainyard::service {

// What moving pipelines on needs; all outlive it.
struct Pipelining {
  ports::PipelineStore& pipelines;
  Starting starting;
  JobControl& control;
};

// A pipeline as it is now.
struct PipelineView {
  ports::StoredPipeline stored;
  wire::PipelineSpec spec;  // its `pipeline` has the state
};
Result<PipelineView> view_of(ports::StoredPipeline stored);

// Does what a pipeline waits for until it waits for a batch or is over, on behalf of its user. A
// step's batch is made once, however often and by however many this is called, and after a crash at
// any point the next call goes on: what is to be done is stored before it is done. What a step is
// refused for makes the step fail. Blocks. Errors: not_found, the store's (call again later).
Result<PipelineView> move_on(const Pipelining& with, ports::PipelineId id);

}  // namespace trainyard::service

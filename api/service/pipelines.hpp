#pragma once

#include "api/service/run_pipeline.hpp"

#include <string>
#include <string_view>

// What users do with pipelines. All block. Errors also: not_found, forbidden, the store's.

namespace trainyard::service {

// Checks and stores a pipeline and begins its first steps. Templates and data that it names are
// checked now, what the data holds when its step begins. Errors: invalid_argument naming the step.
Result<PipelineView> create_pipeline(const Pipelining& with, const Caller& caller,
                                     std::string_view body);

// Nothing new begins, and what runs is stopped. illegal_transition when it is over.
Result<PipelineView> cancel_pipeline(const Pipelining& with, const Caller& caller,
                                     ports::PipelineId id);
// Repeats what did not complete, of a batch its failed jobs alone, and then goes on.
// illegal_transition unless it failed or was cancelled.
Result<PipelineView> retry_pipeline(const Pipelining& with, const Caller& caller,
                                    ports::PipelineId id);

// As every answer about one pipeline shows it, with how the batch of each step stands.
Result<std::string> pipeline_json(const Pipelining& with, const PipelineView& view);
Result<std::string> own_pipeline_json(const Pipelining& with, const Caller& caller,
                                      ports::PipelineId id);
// {"pipelines": […], "has_more", "next_cursor"}, newest first; of whose(caller, filter.user_id).
Result<std::string> pipelines_json(const Pipelining& with, const Caller& caller,
                                   ports::PipelineFilter filter);

}  // namespace trainyard::service

#pragma once

#include "common/domain/job.hpp"
#include "common/wire/json_writer.hpp"

#include <string_view>

// A job as Databricks tells of a run: its life cycle, and beside that how it ended.

namespace trainyard::wire {

std::string_view life_cycle_of(domain::JobStatus status);    // PENDING, RUNNING, TERMINATING, …
std::string_view result_state_of(domain::JobStatus status);  // empty until it has ended

// {"run_id", "job_id", "state", "result_state", "start_time", "end_time", "error"}; times in
// milliseconds since 1970.
void write_run(JsonWriter& out, const domain::Job& job);

}  // namespace trainyard::wire

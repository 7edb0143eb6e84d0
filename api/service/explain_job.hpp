#pragma once

#include "api/service/caller.hpp"
#include "common/ports/dispatch_store.hpp"
#include "common/ports/job_store.hpp"

#include <string>

namespace trainyard::service {

// Why the job is where it is: {"job_id", "status", "reason", "explanation", …}. `reason` is one of
// not_submitted, delayed, retry, paused, concurrency, rate, in_line, no_worker, no_room, announced,
// running, cancelling, completed, failed, cancelled; beside it stand the figures that it is about.
// Blocks. Errors: not_found, forbidden, the store's.
Result<std::string> explain_job_json(ports::JobStore& store, ports::DispatchStore& line,
                                     const Caller& caller, JobId id);

}  // namespace trainyard::service

#pragma once

#include "api/service/caller.hpp"
#include "common/ports/job_store.hpp"

#include <span>
#include <string>

// Jobs by the names of their runs. Both block. Errors: invalid_argument (no name of a run),
// not_found, forbidden.

namespace trainyard::service {

// As wire::write_run.
Result<std::string> run_json(ports::JobStore& store, const Caller& caller, std::string_view run_id);

// {"total", "completed", "failed", "running", "pending", "details": […]}. completed is what
// succeeded, and cancelled counts as failed, so that the four add up to the total.
Result<std::string> runs_json(ports::JobStore& store, const Caller& caller,
                              std::span<const std::string> run_ids);

}  // namespace trainyard::service

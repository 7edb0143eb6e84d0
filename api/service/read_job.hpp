#pragma once

#include "api/service/caller.hpp"
#include "common/ports/artifact_store.hpp"
#include "common/ports/job_store.hpp"

#include <string>

// What a user can ask about one job. All block; errors: not_found, forbidden, and as stated.

namespace trainyard::service {

// {"job_id", "events": […]} in version order.
Result<std::string> job_history_json(ports::JobStore& store, const Caller& caller, JobId id);

// {"job_id", "status", "mlflow_run_id", "results"}. illegal_transition until the job is completed.
Result<std::string> job_results_json(ports::JobStore& store, const Caller& caller, JobId id);

// Newest first; of whose(caller, filter.user_id).
Result<ports::JobPage> list_jobs(ports::JobStore& store, const Caller& caller,
                                 ports::JobFilter filter);

// With its artefacts, which go first: a failure leaves a record to delete again, and no files that
// no record tells of. illegal_transition unless the job is pending or in a terminal state.
Result<void> delete_job(ports::JobStore& store, ports::ArtifactStore& artifacts,
                        const Caller& caller, JobId id);

}  // namespace trainyard::service

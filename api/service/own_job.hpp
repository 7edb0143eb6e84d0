#pragma once

#include "api/service/caller.hpp"
#include "common/ports/job_store.hpp"

namespace trainyard::service {

// The record, when it is the caller's, or the caller an admin. Errors: not_found, forbidden.
Result<domain::Job> own_job(ports::JobStore& store, const Caller& caller, JobId id);
Result<domain::Batch> own_batch(ports::JobStore& store, const Caller& caller, BatchId id);

}  // namespace trainyard::service

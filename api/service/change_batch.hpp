#pragma once

#include "api/service/caller.hpp"
#include "api/service/job_control.hpp"
#include "common/ports/job_store.hpp"

namespace trainyard::service {

// How many jobs of a batch a request changed, and how many changed by themselves meanwhile.
struct BatchChange {
  int changed = 0;
  int untouched = 0;
};

// Cancels every job that is not in a terminal state, in sets. A job that ends meanwhile is left as
// it is. Blocks. Errors: not_found, forbidden, the store's.
Result<BatchChange> cancel_batch(ports::JobStore& store, JobControl& control, const Caller& caller,
                                 BatchId id);

// Submits every failed job again. Errors as above.
Result<BatchChange> retry_failed(ports::JobStore& store, const Caller& caller, BatchId id);

}  // namespace trainyard::service

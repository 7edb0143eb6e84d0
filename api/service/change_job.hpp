#pragma once

#include "api/service/caller.hpp"
#include "api/service/group_commit.hpp"
#include "api/service/job_control.hpp"

namespace trainyard::service {

// Starts a pending job, or a failed one again. Blocks for one read, then answers through `done`.
// Errors: not_found, forbidden, illegal_transition (the record is unchanged).
void submit_job(ports::JobStore& store, GroupCommit& commits, const Caller& caller, JobId id,
                Done<domain::Job> done);

// Waiting jobs are cancelled at once, running ones become cancelling and their worker is told.
// Repeating it answers the same. Errors: as above.
void cancel_job(ports::JobStore& store, GroupCommit& commits, JobControl& control,
                const Caller& caller, JobId id, Done<domain::Job> done);

}  // namespace trainyard::service

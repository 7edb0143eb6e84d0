#pragma once

#include "api/service/caller.hpp"
#include "api/service/job_intake.hpp"
#include "common/ports/job_store.hpp"

namespace trainyard::service {

// The command that gives a failed job another go, its config edited by `patch` (a merge patch, RFC
// 7396; empty: as it is) and checked as that of a new one. A job of a batch stays that of its
// segment and model. Errors: illegal_transition (it has not failed), invalid_argument naming the
// field, forbidden (data that may not be read).
Result<domain::Redrive> redrive_of(const JobIntake& intake, const Caller& caller,
                                   const domain::Job& job, std::string_view patch);

// Does so. Blocks. Errors also: not_found, forbidden, conflict (it changed meanwhile), the store's.
Result<domain::Job> redrive_job(ports::JobStore& store, const JobIntake& intake,
                                const Caller& caller, JobId id, std::string_view patch);

}  // namespace trainyard::service

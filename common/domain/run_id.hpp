#pragma once

#include "common/domain/job.hpp"

#include <optional>
#include <string>
#include <string_view>

// The name of a job's run among all runs, wherever they are done. That of a local run is made of
// the job's id, so it is known before the job starts. Pure.

namespace trainyard::domain {

std::string local_run_id(JobId job);  // "local-…"
// The job's run, also of one that has not started yet.
std::string run_id_of(const Job& job);
// The job of such a run; nullopt for anything else.
std::optional<JobId> job_of_run(std::string_view run_id);

}  // namespace trainyard::domain

#pragma once

#include "api/service/caller.hpp"
#include "api/service/job_control.hpp"
#include "api/service/job_intake.hpp"
#include "common/ports/artifact_store.hpp"
#include "common/ports/job_store.hpp"

#include <string>
#include <utility>
#include <vector>

namespace trainyard::service {

enum class JobsAction { redrive, cancel, remove };

struct JobsChange {
  JobsAction action;
  ports::JobFilter filter;  // `before` goes on where an earlier call stopped; no limit of its own
  std::string patch = {};   // of a redrive, onto each job's config
  enum class Mode { change, dry_run } mode = Mode::change;
};

struct JobsChanged {
  std::int64_t matched = 0;  // when it began, whatever `before` says
  int changed = 0;
  int refused = 0;
  std::vector<std::pair<JobId, Error>> errors;  // the first few
  std::optional<JobId> next;                    // there is more: go on before this one
};

struct JobsChanging {
  ports::JobStore& store;
  ports::ArtifactStore& artifacts;  // of jobs that are deleted
  const JobIntake& intake;
  JobControl& control;
};

// Does the same to all jobs that match, of whose(caller, filter.user_id): newest first, in slices
// of one transaction each and in bounded memory. It ends after some seconds or thousands of jobs
// and then says where to go on. A job that is refused costs its neighbours nothing. A redrive is
// about failed jobs; the others need a status, so that an empty filter is no mistake. Blocks.
// Errors: invalid_argument (field `status`), forbidden, the store's.
Result<JobsChanged> change_jobs(const JobsChanging& with, const Caller& caller,
                                const JobsChange& change);

}  // namespace trainyard::service

#pragma once

#include "api/service/entry_gate.hpp"
#include "api/service/job_intake.hpp"
#include "common/domain/batch.hpp"
#include "common/ports/job_store.hpp"

#include <string>
#include <vector>

namespace trainyard::service {

inline constexpr std::size_t batch_jobs_max = 100'000;

struct CreatedBatch {
  domain::Batch batch;
  std::vector<std::string> segments;  // {""} for a single series
  std::vector<JobId> jobs;            // segment by segment, the models as they were asked for
  bool existed = false;  // its origin had a batch already, which is told; `jobs` were not made
};

// What started it, when no user did: as in ports::NewBatch.
struct BatchOrigin {
  std::string cause;
  std::string origin;
};

// One submitted job per segment and model, all accepted in one transaction or none. Columns and
// segments that are not given are found in the data; without a segment column there is one series
// and one job per model. An ensemble is made of the batch's other models. Blocks. Errors:
// invalid_argument (config, a column or segment that the data lacks, too many jobs),
// limited, the store's.
Result<CreatedBatch> create_batch(ports::JobStore& store, EntryGate& gate, const JobIntake& intake,
                                  const Caller& caller, const wire::BatchRequest& request,
                                  const BatchOrigin& origin = {});

}  // namespace trainyard::service

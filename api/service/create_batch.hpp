#pragma once

#include "api/service/job_intake.hpp"
#include "common/domain/batch.hpp"
#include "common/ports/job_store.hpp"

#include <string>
#include <vector>

namespace trainyard::service {

inline constexpr std::size_t batch_jobs_max = 100'000;

struct CreatedBatch {
  domain::Batch batch;
  std::vector<domain::NewJob> jobs;
};

// One submitted job per segment and model, all accepted in one transaction or none. Segments that
// are not given are taken from the data's segment_col; without such a column there is one series
// and one job per model. Blocks. Errors: invalid_argument (config, too many jobs), the store's.
Result<CreatedBatch> create_batch(ports::JobStore& store, const JobIntake& intake,
                                  const Caller& caller, const wire::BatchRequest& request);

}  // namespace trainyard::service

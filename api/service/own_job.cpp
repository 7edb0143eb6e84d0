#include "api/service/own_job.hpp"

#include <fmt/format.h>

namespace trainyard::service {

Result<domain::Job> own_job(ports::JobStore& store, const Caller& caller, JobId id) {
  TRY(auto job, store.get(id));
  if (!caller.may_touch(job.user_id)) {
    return fail(Errc::forbidden, fmt::format("job {} belongs to another user", id.to_string()));
  }
  return job;
}

Result<domain::Batch> own_batch(ports::JobStore& store, const Caller& caller, BatchId id) {
  TRY(auto batch, store.get_batch(id));
  if (!caller.may_touch(batch.user_id)) {
    return fail(Errc::forbidden, fmt::format("batch {} belongs to another user", id.to_string()));
  }
  return batch;
}

}  // namespace trainyard::service

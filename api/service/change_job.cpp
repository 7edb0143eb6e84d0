#include "api/service/change_job.hpp"

#include "api/service/own_job.hpp"

namespace trainyard::service {

void submit_job(ports::JobStore& store, GroupCommit& commits, const Caller& caller, JobId id,
                Done<domain::Job> done) {
  if (auto job = own_job(store, caller, id); !job) return done(std::move(job));
  commits.apply(domain::Submit{id},
                [done = std::move(done)](Result<domain::JobChange> change) mutable {
                  if (!change) return done(std::unexpected(std::move(change).error()));
                  done(std::move(change->job));
                });
}

void cancel_job(ports::JobStore& store, GroupCommit& commits, JobControl& control,
                const Caller& caller, JobId id, Done<domain::Job> done) {
  if (auto job = own_job(store, caller, id); !job) return done(std::move(job));
  commits.apply(domain::Cancel{id},
                [&control, done = std::move(done)](Result<domain::JobChange> change) mutable {
                  if (!change) return done(std::unexpected(std::move(change).error()));
                  if (change->job.status == domain::JobStatus::cancelling) {
                    control.cancel({&change->job, 1});
                  }
                  done(std::move(change->job));
                });
}

}  // namespace trainyard::service

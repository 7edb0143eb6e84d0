#pragma once

#include "common/log/log.hpp"
#include "common/ports/job_store.hpp"
#include "common/runtime/coalescer.hpp"
#include "worker/runner/lease_table.hpp"

#include <atomic>
#include <memory>
#include <stop_token>

namespace trainyard::runner {

// Writes down how jobs ended, many in one transaction. While the store is away it repeats, which is
// safe under the same fence, for as long as the lease holds; afterwards the job is another
// worker's. Thread-safe. Destruction writes what is queued, and does not wait for an absent store
// any more once hurry() was called.
class Finisher {
 public:
  Finisher(log::Log log, ports::JobStore& store, LeaseTable& leases);

  // Ignored when the lease is not held any more or another end of it is on its way.
  void finish(domain::Finish finish);
  void hurry() { hurry_.request_stop(); }

 private:
  using Applied = Result<domain::JobChange>;

  std::vector<Applied> flush(std::span<const domain::JobCommand> commands);
  bool may_come_through(const domain::JobCommand& command, const Applied& applied) const;
  void submit(domain::Finish finish);
  void on_written(const domain::Finish& finish, const Applied& applied);

  log::Log log_;
  ports::JobStore& store_;
  LeaseTable& leases_;
  std::stop_source hurry_;
  runtime::Coalescer<domain::JobCommand, domain::JobChange> coalescer_;
};

}  // namespace trainyard::runner

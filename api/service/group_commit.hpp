#pragma once

#include "api/service/caller.hpp"
#include "api/service/entry_gate.hpp"
#include "common/ports/job_store.hpp"
#include "common/runtime/coalescer.hpp"

namespace trainyard::service {

// Lets concurrent requests share transactions: what arrives while one set is being committed makes
// up the next one. A commit in doubt is repeated with the same ids before anyone is told, so
// callers see in_doubt only when the store stays away. Thread-safe; never blocks: a full queue
// answers Errc::exhausted. Destruction commits what is queued. Store and gate must outlive it.
class GroupCommit {
 public:
  struct Options {
    std::size_t set_max = 1'000;
    std::size_t queued_max = 20'000;
  };

  GroupCommit(ports::JobStore& store, EntryGate& gate, Options options);

  void accept(domain::NewJob job, Done<domain::JobChange> done);
  // A Submit or Redrive that finds its own effect after a doubt is answered as done.
  void apply(domain::JobCommand command, Done<domain::JobChange> done);

 private:
  runtime::Coalescer<domain::NewJob, domain::JobChange> accepting_;
  runtime::Coalescer<domain::JobCommand, domain::JobChange> applying_;
};

// store.apply() for any set: commands for the same job go in separate sets, in their order, and
// slots in doubt are repeated. Blocks.
ports::Applied apply_all(ports::JobStore& store, std::span<const domain::JobCommand> commands);

// store.accept() of what the gate lets in, with slots in doubt repeated. Blocks.
ports::Applied accept_all(ports::JobStore& store, EntryGate& gate, std::span<domain::NewJob> jobs);

}  // namespace trainyard::service

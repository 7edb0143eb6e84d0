#pragma once

#include "tests/simulation/schedule.hpp"
#include "tests/support/memory_store/memory_store.hpp"

#include <set>
#include <string>
#include <vector>

namespace trainyard::simulation {

// A rule of the protocol that is left out, to see that the simulation notices.
enum class Mutation {
  none,
  no_fence,      // whoever reports an end is believed
  no_condition,  // a claim is not checked against the dispatch number
  no_outbox,     // what is to be told is only remembered by the process that tells it
};

// The store of a run: real decisions, unreliable answers. A call may find it away, or be committed
// and its answer lost. It looks at every change and notes what must not happen.
class FaultyStore final : public memory_store::MemoryStore {
 public:
  FaultyStore(Schedule& schedule, Mutation mutation)
      : MemoryStore(schedule), schedule_(schedule), mutation_(mutation) {}

  void set_faults(int percent) { faults_ = percent; }

  ports::Applied accept(std::span<const domain::NewJob> jobs) override;
  ports::Applied apply(std::span<const domain::JobCommand> commands) override;
  Result<int> admit(std::span<const domain::Admit> jobs) override;
  Result<std::vector<ports::Renewal>> renew(std::string_view worker_id,
                                            std::span<const ports::LeaseRef> leases,
                                            milliseconds lease) override;
  Result<std::vector<ports::OutboxEntry>> outbox(int limit,
                                                 std::span<const ports::OutboxRange> skip) override;
  // The process that told what was to be told is gone.
  void lose_memory();

  const std::vector<std::string>& wrongs() const { return wrongs_; }

 private:
  bool is_away() { return schedule_.chance(faults_); }
  bool loses_answer() { return schedule_.chance(faults_); }
  domain::JobCommand mutated(domain::JobCommand command);
  void inspect(const domain::Job& before, const domain::JobCommand& command,
               const domain::JobChange& change);

  Schedule& schedule_;
  Mutation mutation_;
  int faults_ = 0;
  std::set<std::int64_t> seen_;  // outbox rows that a relay has read
  std::vector<std::string> wrongs_;
};

}  // namespace trainyard::simulation

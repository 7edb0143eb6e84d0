#include "tests/simulation/faulty_store.hpp"

#include <fmt/format.h>

namespace trainyard::simulation {
namespace {

std::unexpected<Error> away() {
  return fail(Errc::unavailable, "the store is away");
}
std::unexpected<Error> unanswered() {
  return fail(Errc::in_doubt, "the commit was not answered");
}

}  // namespace

ports::Applied FaultyStore::accept(std::span<const domain::NewJob> jobs) {
  if (is_away()) return ports::Applied(jobs.size(), away());
  auto applied = MemoryStore::accept(jobs);
  if (loses_answer()) return ports::Applied(jobs.size(), unanswered());
  return applied;
}

ports::Applied FaultyStore::apply(std::span<const domain::JobCommand> commands) {
  if (is_away()) return ports::Applied(commands.size(), away());
  ports::Applied applied;
  for (const auto& command : commands) {
    const auto before = get(domain::job_of(command));
    const auto altered = mutated(command);
    applied.push_back(MemoryStore::apply({&altered, 1}).front());
    if (before && applied.back()) inspect(*before, command, *applied.back());
  }
  if (loses_answer()) return ports::Applied(commands.size(), unanswered());
  return applied;
}

Result<int> FaultyStore::admit(std::span<const domain::Admit> jobs) {
  if (is_away()) return away();
  auto admitted = MemoryStore::admit(jobs);
  if (loses_answer()) return unanswered();
  return admitted;
}

Result<std::vector<ports::Renewal>> FaultyStore::renew(std::string_view worker_id,
                                                       std::span<const ports::LeaseRef> leases,
                                                       milliseconds lease) {
  if (is_away()) return away();
  auto renewed = MemoryStore::renew(worker_id, leases, lease);
  if (loses_answer()) return away();
  return renewed;
}

Result<std::vector<ports::OutboxEntry>> FaultyStore::outbox(
    int limit, std::span<const ports::OutboxRange> skip) {
  if (is_away()) return away();
  auto entries = MemoryStore::outbox(limit, skip);
  for (const auto& entry : *entries)
    seen_.insert(entry.id);
  return entries;
}

void FaultyStore::lose_memory() {
  if (mutation_ != Mutation::no_outbox) return;
  const std::vector<std::int64_t> lost(seen_.begin(), seen_.end());
  std::ignore = outbox_done(lost);
}

domain::JobCommand FaultyStore::mutated(domain::JobCommand command) {
  const auto job = get(domain::job_of(command));
  if (!job) return command;
  if (auto* finish = std::get_if<domain::Finish>(&command)) {
    if (mutation_ == Mutation::no_fence) finish->fence = job->fence;
  } else if (auto* claim = std::get_if<domain::Claim>(&command)) {
    if (mutation_ == Mutation::no_condition) claim->dispatch_no = job->dispatch_no;
  }
  return command;
}

void FaultyStore::inspect(const domain::Job& before, const domain::JobCommand& command,
                          const domain::JobChange& change) {
  if (change.unchanged) return;
  const auto wrong = [&](std::string_view what) {
    wrongs_.push_back(fmt::format("{}: {}", before.id.to_string(), what));
  };
  if (const auto* finish = std::get_if<domain::Finish>(&command)) {
    if (finish->fence != before.fence) wrong("an end was taken from who does not hold it");
  }
  if (const auto* claim = std::get_if<domain::Claim>(&command)) {
    if (claim->dispatch_no != before.dispatch_no) wrong("an old announcement began the job");
  }
  if (is_terminal(before.status)) wrong("it changed after its end");
}

}  // namespace trainyard::simulation

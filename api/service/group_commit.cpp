#include "api/service/group_commit.hpp"

#include <algorithm>
#include <unordered_set>

namespace trainyard::service {
namespace {

constexpr int repeats_max = 2;

bool in_doubt(const Result<domain::JobChange>& answer) {
  return !answer && answer.error().code == Errc::in_doubt;
}

std::vector<std::size_t> doubtful_slots(const ports::Applied& answers) {
  std::vector<std::size_t> slots;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (in_doubt(answers[i])) slots.push_back(i);
  }
  return slots;
}

template <class Request>
std::vector<Request> pick(std::span<const Request> all, const std::vector<std::size_t>& slots) {
  std::vector<Request> picked;
  for (const auto slot : slots)
    picked.push_back(all[slot]);
  return picked;
}

// After a doubt the repeated start is refused because the first one did commit.
void accept_own_effect(ports::JobStore& store, const domain::JobCommand& command,
                       Result<domain::JobChange>& answer) {
  if (answer || answer.error().code != Errc::illegal_transition) return;
  const bool starts = std::holds_alternative<domain::Submit>(command) ||
                      std::holds_alternative<domain::Redrive>(command);
  if (!starts) return;
  auto job = store.get(domain::job_of(command));
  if (!job || job->status == domain::JobStatus::pending) return;
  if (job->status == domain::JobStatus::failed || !job->submitted_at) return;
  answer = domain::JobChange{.job = *std::move(job), .unchanged = true};
}

ports::Applied apply_distinct(ports::JobStore& store,
                              std::span<const domain::JobCommand> commands) {
  auto answers = store.apply(commands);
  for (int repeat = 0; repeat < repeats_max; ++repeat) {
    const auto slots = doubtful_slots(answers);
    if (slots.empty()) break;
    auto again = store.apply(pick(commands, slots));
    for (std::size_t i = 0; i < slots.size(); ++i) {
      answers[slots[i]] = std::move(again[i]);
      accept_own_effect(store, commands[slots[i]], answers[slots[i]]);
    }
  }
  return answers;
}

}  // namespace

namespace {

ports::Applied accept_surely(ports::JobStore& store, std::span<const domain::NewJob> jobs) {
  auto answers = store.accept(jobs);
  for (int repeat = 0; repeat < repeats_max; ++repeat) {
    const auto slots = doubtful_slots(answers);
    if (slots.empty()) break;
    auto again = store.accept(pick(jobs, slots));
    for (std::size_t i = 0; i < slots.size(); ++i)
      answers[slots[i]] = std::move(again[i]);
  }
  return answers;
}

}  // namespace

ports::Applied accept_all(ports::JobStore& store, EntryGate& gate, std::span<domain::NewJob> jobs) {
  const auto refused = gate.decide(jobs);
  if (std::ranges::none_of(refused, [](const auto& error) { return error.has_value(); })) {
    return accept_surely(store, jobs);
  }
  std::vector<std::size_t> let_in;
  ports::Applied answers(jobs.size());
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (refused[i]) {
      answers[i] = fail(*refused[i]);
    } else {
      let_in.push_back(i);
    }
  }
  auto accepted = accept_surely(store, pick(std::span<const domain::NewJob>(jobs), let_in));
  for (std::size_t i = 0; i < let_in.size(); ++i)
    answers[let_in[i]] = std::move(accepted[i]);
  return answers;
}

ports::Applied apply_all(ports::JobStore& store, std::span<const domain::JobCommand> commands) {
  ports::Applied answers(commands.size(), fail(Errc::internal, "the store gave no answer"));
  std::vector<std::size_t> waiting(commands.size());
  for (std::size_t i = 0; i < waiting.size(); ++i)
    waiting[i] = i;
  while (!waiting.empty()) {
    std::unordered_set<JobId> taken;
    std::vector<std::size_t> slots;
    std::vector<std::size_t> later;
    for (const auto slot : waiting) {
      (taken.insert(domain::job_of(commands[slot])).second ? slots : later).push_back(slot);
    }
    auto some = apply_distinct(store, pick(commands, slots));
    for (std::size_t i = 0; i < slots.size(); ++i)
      answers[slots[i]] = std::move(some[i]);
    waiting = std::move(later);
  }
  return answers;
}

GroupCommit::GroupCommit(ports::JobStore& store, EntryGate& gate, Options options)
    : accepting_(
          [&store, &gate](std::span<domain::NewJob> jobs) { return accept_all(store, gate, jobs); },
          {.set_max = options.set_max, .queued_max = options.queued_max}),
      applying_(
          [&store](std::span<domain::JobCommand> commands) { return apply_all(store, commands); },
          {.set_max = options.set_max, .queued_max = options.queued_max}) {}

void GroupCommit::accept(domain::NewJob job, Done<domain::JobChange> done) {
  accepting_.submit(std::move(job), std::move(done));
}

void GroupCommit::apply(domain::JobCommand command, Done<domain::JobChange> done) {
  applying_.submit(std::move(command), std::move(done));
}

}  // namespace trainyard::service

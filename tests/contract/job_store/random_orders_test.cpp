#include "common/domain/transition_table.hpp"
#include "tests/contract/job_store/job_store_contract.hpp"

#include <map>
#include <random>

// Random commands in random order, in sets, against the store and against the pure domain beside
// it: they must agree on every answer, every record and every line of history.

namespace trainyard::ports {
namespace {

using domain::JobStatus;

class Model {
 public:
  Result<domain::JobChange> apply(const domain::JobCommand& command) {
    auto& job = jobs.at(domain::job_of(command));
    auto change = domain::decide(job, command, system_clock().now());
    if (!change || change->unchanged) return change;
    job = change->job;
    auto& lines = history[job.id];
    lines.insert(lines.end(), change->history.begin(), change->history.end());
    return change;
  }

  std::map<JobId, domain::Job> jobs;
  std::map<JobId, std::vector<domain::HistoryEntry>> history;
};

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  int roll(int sides) { return std::uniform_int_distribution(0, sides - 1)(engine_); }
  auto& engine() { return engine_; }

 private:
  std::mt19937 engine_;
};

domain::Finish random_finish(const domain::Job& job, Dice& dice) {
  domain::Finish finish{job.id, job.fence - (dice.roll(6) == 0 ? 1 : 0), success()};
  switch (dice.roll(6)) {
    case 0:
      break;
    case 1:
      finish.outcome = lasting_failure();
      break;
    case 2:
      finish.outcome = retriable_failure(std::chrono::hours(1));
      break;
    case 3:
      finish.outcome = retriable_failure(std::chrono::seconds(0));
      break;
    case 4:
      finish.outcome = domain::Stopped{};
      break;
    default:
      finish.outcome = domain::HandedBack{};
  }
  return finish;
}

// Any command, more often one that the job's state takes.
domain::JobCommand random_command(const domain::Job& job, Dice& dice) {
  switch (dice.roll(8)) {
    case 0:
      return domain::Submit{job.id};
    case 1:
      return domain::Admit{job.id, job.dispatch_no - dice.roll(2)};
    case 2:
    case 3: {
      // A lease of nothing is over at once, so that a rescue may follow.
      auto claim = claim_of(job, dice.roll(2) == 0 ? milliseconds(0) : std::chrono::hours(1));
      claim.dispatch_no -= dice.roll(8) == 0 ? 1 : 0;
      return claim;
    }
    case 4:
    case 5:
      return random_finish(job, dice);
    case 6:
      return domain::Rescue{
          job.id, job.fence - (dice.roll(5) == 0 ? 1 : 0), job.lease ? job.lease->renewals : 0, {}};
    default:
      // Cancels are rarer, or every job would soon be cancelled.
      if (dice.roll(4) != 0) return domain::Submit{job.id};
      return domain::Cancel{job.id};
  }
}

void expect_equal(const domain::Job& stored, const domain::Job& modelled) {
  EXPECT_EQ(stored.status, modelled.status);
  EXPECT_EQ(stored.version, modelled.version);
  EXPECT_EQ(stored.dispatch_no, modelled.dispatch_no);
  EXPECT_EQ(stored.fence, modelled.fence);
  EXPECT_EQ(stored.attempt, modelled.attempt);
  EXPECT_EQ(stored.retry_count, modelled.retry_count);
  EXPECT_EQ(stored.interruptions, modelled.interruptions);
  EXPECT_EQ(stored.progress, modelled.progress);
  EXPECT_EQ(stored.current_step, modelled.current_step);
  EXPECT_EQ(stored.error, modelled.error);
  EXPECT_EQ(stored.error_category, modelled.error_category);
  EXPECT_EQ(stored.metrics, modelled.metrics);
  EXPECT_EQ(stored.run_id, modelled.run_id);
  EXPECT_EQ(stored.admitted_at.has_value(), modelled.admitted_at.has_value());
  EXPECT_EQ(stored.next_attempt_at.has_value(), modelled.next_attempt_at.has_value());
  EXPECT_EQ(stored.lease.has_value(), modelled.lease.has_value());
}

void expect_equal(const std::vector<domain::HistoryEntry>& stored,
                  const std::vector<domain::HistoryEntry>& modelled) {
  ASSERT_EQ(stored.size(), modelled.size());
  for (std::size_t i = 0; i < stored.size(); ++i) {
    EXPECT_EQ(stored[i].version, modelled[i].version);
    EXPECT_EQ(stored[i].event, modelled[i].event);
    EXPECT_EQ(stored[i].from, modelled[i].from);
    EXPECT_EQ(stored[i].to, modelled[i].to);
    EXPECT_EQ(stored[i].attempt, modelled[i].attempt);
    EXPECT_EQ(stored[i].fence, modelled[i].fence);
    EXPECT_EQ(stored[i].worker_id, modelled[i].worker_id);
    EXPECT_EQ(stored[i].detail, modelled[i].detail);
    EXPECT_EQ(stored[i].category, modelled[i].category);
  }
}

TEST_P(JobStoreContract, AgreesWithTheDomainOverRandomOrdersOfCommands) {
  constexpr int jobs = 60;
  constexpr int sets = 150;
  Dice dice(20'240'607);
  Model model;
  std::vector<JobId> ids;
  const auto batch = accept_batch(jobs);
  for (const auto& each : *store().batch_jobs(batch.id)) {
    ids.push_back(each.id);
    model.jobs[each.id] = job(each.id);
    model.history[each.id] = *store().history(each.id);
  }
  for (int set = 0; set < sets; ++set) {
    std::ranges::shuffle(ids, dice.engine());
    const auto size = static_cast<std::size_t>(1 + dice.roll(jobs));
    std::vector<domain::JobCommand> commands;
    for (std::size_t i = 0; i < size; ++i) {
      commands.push_back(random_command(model.jobs.at(ids[i]), dice));
    }
    const auto answers = store().apply(commands);
    ASSERT_EQ(answers.size(), commands.size());
    for (std::size_t i = 0; i < size; ++i) {
      const auto expected = model.apply(commands[i]);
      ASSERT_EQ(answers[i].has_value(), expected.has_value())
          << "set " << set << ", " << (answers[i] ? "" : describe(answers[i].error()));
      if (!expected) EXPECT_EQ(answers[i].error().code, expected.error().code);
      if (expected) EXPECT_EQ(answers[i]->unchanged, expected->unchanged);
    }
  }
  int open = 0;
  for (const auto id : ids) {
    expect_equal(job(id), model.jobs.at(id));
    expect_equal(*store().history(id), model.history.at(id));
    expect_sound(id);
    open += is_terminal(model.jobs.at(id).status) ? 0 : 1;
  }
  EXPECT_EQ(store().get_batch(batch.id)->open_jobs, open);
}

}  // namespace
}  // namespace trainyard::ports

#include "common/domain/admission.hpp"
#include "common/domain/job_command.hpp"
#include "common/domain/transition_table.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace trainyard::domain {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const TimePoint noon{hours(12)};

Job submitted_job() {
  return create({.id = JobId::make(),
                 .user_id = "ada",
                 .config = "{}",
                 .submit = true,
                 .entry = Entry::announced},
                noon)
      .job;
}

Claim claim_of(const Job& job, milliseconds lease = hours(1)) {
  return {job.id, job.dispatch_no, "worker-1", ClaimToken::make(), lease};
}

Job after(const Job& job, const JobCommand& command, TimePoint now = noon) {
  const auto change = decide(job, command, now);
  EXPECT_TRUE(change) << describe(change.error());
  return change ? change->job : job;
}

Job admitted(const Job& job, TimePoint now = noon) {
  return after(job, Admit{job.id, job.dispatch_no}, now);
}

Job running_job() {
  const auto job = submitted_job();
  return after(job, claim_of(job));
}

Failed failed_with(Errc code) {
  return {.error = {.code = code, .detail = "it broke"}, .policy = {}};
}

TEST(JobDecision, CreatesAndSubmitsInOneStepWithTwoLines) {
  const auto change = create({.id = JobId::make(),
                              .user_id = "ada",
                              .config = "{}",
                              .submit = true,
                              .entry = Entry::announced},
                             noon);
  ASSERT_EQ(change.history.size(), 2U);
  EXPECT_EQ(change.history[0].version, 1);
  EXPECT_EQ(change.history[1].version, 2);
  EXPECT_EQ(change.job.version, 2);
  EXPECT_TRUE(change.announce);
}

TEST(JobDecision, PutsASubmittedJobInLineUnlessNothingCompetes) {
  const auto change = create(
      {.id = JobId::make(), .user_id = "ada", .config = "{}", .priority = 2, .submit = true}, noon);
  EXPECT_FALSE(change.announce);
  EXPECT_FALSE(change.job.admitted_at);
  EXPECT_EQ(change.job.next_attempt_at, noon);
  EXPECT_EQ(change.job.rank, noon - 2 * ageing);
  EXPECT_EQ(decide(change.job, claim_of(change.job), noon).error().code, Errc::lease_lost);
}

TEST(JobDecision, DelaysAJobThatIsNotToBeginYet) {
  const auto change = create({.id = JobId::make(),
                              .user_id = "ada",
                              .config = "{}",
                              .options = {.run_at = noon + hours(1)},
                              .submit = true,
                              .entry = Entry::announced},
                             noon);
  EXPECT_FALSE(change.announce);
  EXPECT_EQ(change.job.next_attempt_at, noon + hours(1));
  EXPECT_FALSE(decide(change.job, Admit{change.job.id, 0}, noon + minutes(59)));
  EXPECT_TRUE(decide(change.job, Admit{change.job.id, 0}, noon + hours(1)));
}

TEST(JobDecision, TakesAnAnnouncementBackToItsPlaceInLine) {
  const auto job = submitted_job();
  const auto back = after(job, Withdraw{job.id, job.dispatch_no}, noon + minutes(1));
  EXPECT_FALSE(back.admitted_at);
  EXPECT_EQ(back.rank, job.rank);
  EXPECT_EQ(decide(back, claim_of(job), noon).error().code, Errc::lease_lost);
  const auto again = after(back, Admit{back.id, back.dispatch_no}, noon + minutes(1));
  EXPECT_EQ(decide(again, claim_of(job), noon).error().code, Errc::lease_lost);
  EXPECT_EQ(after(again, claim_of(again)).status, JobStatus::running);
}

TEST(JobDecision, GivesALeaseOfTheJobsOwnLength) {
  const auto job = create({.id = JobId::make(),
                           .user_id = "ada",
                           .config = "{}",
                           .options = {.lease = hours(5)},
                           .submit = true,
                           .entry = Entry::announced},
                          noon)
                       .job;
  EXPECT_EQ(after(job, claim_of(job, hours(1))).lease->until, noon + hours(5));
}

TEST(JobDecision, RaisesTheDispatchNumberWithEveryAdmission) {
  const auto running = running_job();
  const auto back = after(running, Finish{running.id, running.fence, HandedBack{}});
  EXPECT_FALSE(back.admitted_at);
  EXPECT_EQ(admitted(back).dispatch_no, running.dispatch_no + 1);
  EXPECT_EQ(back.interruptions, 1);
  EXPECT_EQ(back.retry_count, 0);
}

TEST(JobDecision, NeverFailsAJobForBeingHandedBack) {
  auto job = submitted_job();
  for (int drain = 0; drain < 20; ++drain) {
    job = after(job, claim_of(job));
    job = admitted(after(job, Finish{job.id, job.fence, HandedBack{}}));
    ASSERT_EQ(job.status, JobStatus::submitting);
  }
}

TEST(JobDecision, RetriesATransientFailureThriceThenFails) {
  auto job = submitted_job();
  auto now = noon;
  for (int failure = 1; failure <= 3; ++failure) {
    job = after(job, claim_of(job), now);
    job = after(job, Finish{job.id, job.fence, failed_with(Errc::unavailable)}, now);
    ASSERT_EQ(job.status, JobStatus::submitting);
    EXPECT_EQ(job.retry_count, failure);
    EXPECT_EQ(*job.next_attempt_at - now, seconds(30) * (1 << (failure - 1)));
    EXPECT_FALSE(decide(job, Admit{job.id, job.dispatch_no}, now));
    now = *job.next_attempt_at;
    job = after(job, Admit{job.id, job.dispatch_no}, now);
  }
  job = after(job, claim_of(job), now);
  job = after(job, Finish{job.id, job.fence, failed_with(Errc::unavailable)}, now);
  EXPECT_EQ(job.status, JobStatus::failed);
  EXPECT_EQ(job.attempt, 4);
}

TEST(JobDecision, LetsTheUsersCancelWinOverALateResult) {
  auto job = running_job();
  job = after(job, Cancel{job.id});
  const auto late = decide(job, Finish{job.id, job.fence, Succeeded{.results = "{}"}}, noon);
  ASSERT_TRUE(late);
  EXPECT_EQ(late->job.status, JobStatus::cancelled);
  EXPECT_FALSE(late->results);
}

TEST(JobDecision, RescuesOnlyUnderTheSeenFenceAndRenewals) {
  const auto job = submitted_job();
  const auto running = after(job, claim_of(job, seconds(10)));
  const auto later = noon + seconds(10);
  EXPECT_FALSE(decide(running, Rescue{job.id, running.fence, 0, {}}, noon));
  EXPECT_FALSE(decide(running, Rescue{job.id, running.fence, 1, {}}, later));
  EXPECT_FALSE(decide(running, Rescue{job.id, running.fence + 1, 0, {}}, later));
  EXPECT_TRUE(decide(running, Rescue{job.id, running.fence, 0, {}}, later));
}

JobCommand any_command(const Job& job, std::mt19937& random) {
  const auto roll = [&](int sides) {
    return static_cast<int>(random() % static_cast<unsigned>(sides));
  };
  switch (roll(10)) {
    case 0:
      return Submit{job.id, roll(2) == 0 ? Entry::in_line : Entry::announced};
    case 1:
      return Admit{job.id, job.dispatch_no - roll(2)};
    case 2:
    case 3:
      return claim_of(job, roll(2) == 0 ? milliseconds(0) : hours(1));
    case 4:
      return Finish{job.id, job.fence - roll(2), Succeeded{.results = "{}"}};
    case 5:
      return Finish{job.id, job.fence, failed_with(Errc::unavailable)};
    case 6:
      return Finish{job.id, job.fence, failed_with(Errc::corrupt_data)};
    case 7:
      return Finish{job.id, job.fence,
                    roll(2) == 0 ? decltype(Finish::outcome)(Stopped{}) : HandedBack{}};
    case 8:
      if (roll(3) == 0) return Withdraw{job.id, job.dispatch_no - roll(2)};
      return Rescue{job.id, job.fence, job.lease ? job.lease->renewals : 0, {}};
    default:
      if (roll(3) == 0) return Cancel{job.id};
      return Submit{job.id, roll(2) == 0 ? Entry::in_line : Entry::announced};
  }
}

void expect_invariants(const Job& before, const JobChange& change) {
  const auto& job = change.job;
  EXPECT_EQ(job.version, before.version + 1);
  EXPECT_GE(job.fence, before.fence);
  EXPECT_GE(job.dispatch_no, before.dispatch_no);
  EXPECT_EQ(change.announce, job.dispatch_no > before.dispatch_no);
  const bool held = job.status == JobStatus::running || job.status == JobStatus::cancelling;
  EXPECT_EQ(job.lease.has_value(), held);
  EXPECT_EQ(job.completed_at.has_value(), is_terminal(job.status));
  EXPECT_TRUE(!job.admitted_at || job.status == JobStatus::submitting);
  EXPECT_TRUE(job.status != JobStatus::submitting ||
              job.admitted_at.has_value() != job.next_attempt_at.has_value());
  EXPECT_LE(job.retry_count - before.retry_count + job.interruptions - before.interruptions, 1);
  EXPECT_EQ(change.results.has_value(), job.status == JobStatus::completed);
  ASSERT_LE(change.history.size(), 1U);
  if (change.history.empty()) {
    EXPECT_EQ(job.status, before.status);
    return;
  }
  const auto& line = change.history.front();
  EXPECT_EQ(line.version, job.version);
  EXPECT_EQ(line.from, before.status);
  EXPECT_EQ(line.to, job.status);
  EXPECT_EQ(target_of(before.status, line.event), job.status);
}

TEST(JobDecision, KeepsTheInvariantsOverRandomOrdersOfCommands) {
  std::mt19937 random(7);
  std::map<JobStatus, int> visited;
  for (int life = 0; life < 500; ++life) {
    auto job = create({.id = JobId::make(), .user_id = "ada", .config = "{}"}, noon).job;
    auto now = noon;
    for (int step = 0; step < 40; ++step) {
      now += seconds(20);
      const auto change = decide(job, any_command(job, random), now);
      if (!change || change->unchanged) continue;
      expect_invariants(job, *change);
      job = change->job;
      ++visited[job.status];
    }
  }
  EXPECT_EQ(visited.size(), all_statuses.size() - 1) << "every state but pending is reached";
}

}  // namespace
}  // namespace trainyard::domain

#include "tests/contract/job_store/job_store_contract.hpp"

namespace trainyard::ports {
namespace {

using domain::JobEvent;
using domain::JobStatus;

constexpr milliseconds over_at_once{0};

LeaseRef lease_of(const domain::Job& job) {
  return {.job_id = job.id, .fence = job.fence};
}

domain::Rescue rescue_of(const LeaseSnapshot& seen) {
  return {.job_id = seen.job_id, .fence = seen.fence, .renewals = seen.renewals, .policy = {}};
}

TEST_P(JobStoreContract, ReadsBackWhatItRenewed) {
  const auto mine = running_job();
  const auto cancelling = job_in(JobStatus::cancelling);
  const auto done = succeed(running_job());
  const std::vector<LeaseRef> leases{lease_of(mine),
                                     lease_of(cancelling),
                                     lease_of(done),
                                     {.job_id = mine.id, .fence = mine.fence + 1},
                                     {.job_id = JobId::make(), .fence = 1}};
  const auto renewed = store().renew("worker-1", leases, std::chrono::hours(2));
  ASSERT_TRUE(renewed);
  ASSERT_EQ(renewed->size(), 2U);
  for (const auto& renewal : *renewed) {
    EXPECT_EQ(renewal.cancel_requested, renewal.job_id == cancelling.id);
  }
  const auto read = job(mine.id);
  EXPECT_GT(read.lease->until, mine.lease->until);
  EXPECT_EQ(read.lease->renewals, 1);
  EXPECT_EQ(read.version, mine.version);
}

TEST_P(JobStoreContract, RenewsNoLeaseOfAnotherWorker) {
  const auto running = running_job();
  const auto lease = lease_of(running);
  EXPECT_TRUE(store().renew("worker-2", {&lease, 1}, std::chrono::hours(2))->empty());
  EXPECT_EQ(job(running.id).lease->renewals, 0);
}

TEST_P(JobStoreContract, ShowsOnlyTheLeasesThatAreOver) {
  const auto lost = running_job(over_at_once);
  running_job();
  const auto expired = store().expired_leases(10);
  ASSERT_EQ(expired->size(), 1U);
  EXPECT_EQ(expired->front().job_id, lost.id);
  EXPECT_EQ(expired->front().fence, lost.fence);
  EXPECT_EQ(expired->front().worker_id, "worker-1");
}

TEST_P(JobStoreContract, RescuesALostJobForAnotherWorker) {
  const auto lost = running_job(over_at_once);
  const auto back = applied(rescue_of(store().expired_leases(10)->front()));
  EXPECT_EQ(back.status, JobStatus::submitting);
  EXPECT_EQ(back.interruptions, 1);
  EXPECT_EQ(back.retry_count, 0);
  EXPECT_GT(admit(lost.id).dispatch_no, lost.dispatch_no);
  EXPECT_EQ(store().history(lost.id)->back().event, JobEvent::requeued);
  EXPECT_EQ(claim(lost.id).fence, lost.fence + 1);
  expect_sound(lost.id);
}

TEST_P(JobStoreContract, DoesNotRescueWhatWasRenewedSinceItWasSeen) {
  const auto running = running_job(over_at_once);
  const auto seen = store().expired_leases(10)->front();
  const auto lease = lease_of(running);
  ASSERT_EQ(store().renew("worker-1", {&lease, 1}, over_at_once)->size(), 1U);
  EXPECT_EQ(apply(rescue_of(seen)).error().code, Errc::lease_lost);
  EXPECT_EQ(job(running.id).status, JobStatus::running);
}

TEST_P(JobStoreContract, DoesNotRescueALeaseThatIsNotOver) {
  const auto running = running_job();
  const domain::Rescue rescue{running.id, running.fence, 0, {}};
  EXPECT_EQ(apply(rescue).error().code, Errc::lease_lost);
}

TEST_P(JobStoreContract, RescuesOnceForTwoReapers) {
  running_job(over_at_once);
  const auto rescue = rescue_of(store().expired_leases(10)->front());
  applied(rescue);
  EXPECT_EQ(apply(rescue).error().code, Errc::lease_lost);
}

TEST_P(JobStoreContract, EndsACancellingJobThatIsRescued) {
  const auto running = running_job(over_at_once);
  applied(domain::Cancel{running.id});
  EXPECT_EQ(applied(rescue_of(store().expired_leases(10)->front())).status, JobStatus::cancelled);
}

TEST_P(JobStoreContract, FailsAJobThatIsInterruptedFiveTimes) {
  const auto id = accept(1).front();
  for (int time = 1; time <= 5; ++time) {
    claim(id, over_at_once);
    const auto after = applied(rescue_of(store().expired_leases(10)->front()));
    ASSERT_EQ(after.status, time < 5 ? JobStatus::submitting : JobStatus::failed);
    if (time < 5) admit(id);
  }
  EXPECT_EQ(job(id).error_category, Category::cluster);
  expect_sound(id);
}

TEST_P(JobStoreContract, KeepsANewerLeaseWhenACancelIsWritten) {
  const auto running = running_job(std::chrono::minutes(1));
  const auto lease = lease_of(running);
  ASSERT_EQ(store().renew("worker-1", {&lease, 1}, std::chrono::hours(5))->size(), 1U);
  applied(domain::Cancel{running.id});
  EXPECT_EQ(job(running.id).lease->renewals, 1);
  EXPECT_GT(job(running.id).lease->until, running.lease->until);
}

TEST_P(JobStoreContract, RecordsProgressWithoutATransition) {
  const auto running = running_job();
  const ProgressReport report{running.id, running.fence, 42, "Fitting theta", R"({"theta":{}})"};
  ASSERT_TRUE(store().record_progress({&report, 1}));
  auto read = job(running.id);
  EXPECT_EQ(read.progress, 42);
  EXPECT_EQ(read.current_step, "Fitting theta");
  EXPECT_EQ(read.metrics, R"({"theta":{}})");
  EXPECT_EQ(read.version, running.version);
  EXPECT_EQ(store().history(running.id)->size(), 3U);

  const ProgressReport next{running.id, running.fence, 43, "Fitting ets", ""};
  ASSERT_TRUE(store().record_progress({&next, 1}));
  EXPECT_EQ(job(running.id).metrics, R"({"theta":{}})");
}

TEST_P(JobStoreContract, IgnoresProgressUnderAnOldFenceAndAfterTheEnd) {
  const auto running = running_job();
  const auto done = succeed(running_job());
  const std::vector<ProgressReport> reports{{running.id, running.fence - 1, 90, "late", ""},
                                            {done.id, done.fence, 50, "late", ""},
                                            {JobId::make(), 1, 50, "nobody", ""}};
  ASSERT_TRUE(store().record_progress(reports));
  EXPECT_EQ(job(running.id).progress, 5);
  EXPECT_EQ(job(done.id).progress, 100);
  EXPECT_EQ(job(done.id).current_step, "Training completed");
}

TEST_P(JobStoreContract, WaitsBeforeARetryAndShowsItWhenDue) {
  const auto later = running_job();
  const auto now = running_job();
  applied(domain::Finish{later.id, later.fence, retriable_failure(std::chrono::hours(1))});
  const auto waiting =
      applied(domain::Finish{now.id, now.fence, retriable_failure(std::chrono::seconds(0))});
  EXPECT_EQ(waiting.status, JobStatus::submitting);
  EXPECT_FALSE(waiting.admitted_at);
  EXPECT_EQ(*store().next_due(), job(later.id).next_attempt_at);
  EXPECT_EQ(apply(domain::Admit{later.id, job(later.id).dispatch_no}).error().code,
            Errc::lease_lost);

  applied(domain::Admit{now.id, job(now.id).dispatch_no});
  EXPECT_EQ(claim(now.id).attempt, 2);
}

TEST_P(JobStoreContract, AdmitsASetAsItAdmitsOne) {
  auto one = new_submitted();
  auto other = new_submitted();
  auto later = new_submitted();
  for (auto* job : {&one, &other, &later})
    job->entry = domain::Entry::in_line;
  later.options.run_at = system_clock().now() + std::chrono::hours(1);
  for (const auto* job : {&one, &other, &later})
    accept(*job);
  drain_outbox();
  const std::vector<domain::Admit> set{
      {other.id, 0}, {one.id, 7}, {later.id, 0}, {JobId::make(), 0}};
  EXPECT_EQ(store().admit(set), 1);
  const auto by_itself = admit(one.id);
  const auto in_a_set = job(other.id);
  EXPECT_EQ(in_a_set.dispatch_no, by_itself.dispatch_no);
  EXPECT_EQ(in_a_set.version, by_itself.version);
  EXPECT_EQ(in_a_set.current_step, by_itself.current_step);
  EXPECT_TRUE(in_a_set.admitted_at);
  EXPECT_FALSE(in_a_set.next_attempt_at);
  EXPECT_FALSE(job(later.id).admitted_at);
  const auto entries = outbox();
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].job->id, other.id);
  EXPECT_EQ(entries[0].dispatch_no, 1);
  EXPECT_TRUE(entries[0].history.empty());
  expect_sound(other.id);
  EXPECT_EQ(claim(other.id).attempt, 1);
}

TEST_P(JobStoreContract, ShowsWhatWaitsUnclaimedOldestFirst) {
  const auto ids = accept(3);
  EXPECT_TRUE(store().unclaimed(std::chrono::hours(1), 10)->empty());
  claim(ids[1]);
  const auto waiting = store().unclaimed(milliseconds(0), 10);
  ASSERT_EQ(waiting->size(), 2U);
  EXPECT_EQ((*waiting)[0].job_id, ids[0]);
  EXPECT_EQ((*waiting)[1].job_id, ids[2]);
  EXPECT_EQ(store().unclaimed(milliseconds(0), 1)->size(), 1U);
}

TEST_P(JobStoreContract, AnnouncesTheUnclaimedAgainUnderTheSameNumber) {
  const auto ids = accept(2);
  EXPECT_EQ(*store().announce_again(milliseconds(0), 10), 0) << "their first rows still wait";
  drain_outbox();
  claim(ids[0]);
  drain_outbox();
  EXPECT_EQ(*store().announce_again(std::chrono::hours(1), 10), 0);
  EXPECT_EQ(*store().announce_again(milliseconds(0), 10), 1);
  EXPECT_EQ(*store().announce_again(milliseconds(0), 10), 0);
  const auto entries = outbox();
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].job->id, ids[1]);
  EXPECT_EQ(entries[0].dispatch_no, 1);
  EXPECT_TRUE(entries[0].history.empty());
}

TEST_P(JobStoreContract, LetsOneInstanceLeadUntilItsTimeIsOver) {
  EXPECT_TRUE(*store().lead("reaper", "a", std::chrono::hours(1)));
  EXPECT_FALSE(*store().lead("reaper", "b", std::chrono::hours(1)));
  EXPECT_TRUE(*store().lead("dispatcher", "b", std::chrono::hours(1)));
  EXPECT_TRUE(*store().lead("reaper", "a", milliseconds(0)));
  EXPECT_TRUE(*store().lead("reaper", "b", std::chrono::hours(1)));
  EXPECT_FALSE(*store().lead("reaper", "a", std::chrono::hours(1)));
}

}  // namespace
}  // namespace trainyard::ports

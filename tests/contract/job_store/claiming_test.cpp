#include "tests/contract/job_store/job_store_contract.hpp"

#include <thread>

namespace trainyard::ports {
namespace {

using domain::JobStatus;

TEST_P(JobStoreContract, GivesTheClaimerALeaseAndRaisesTheFence) {
  const auto running = running_job(std::chrono::minutes(1));
  EXPECT_EQ(running.fence, 1);
  EXPECT_EQ(running.attempt, 1);
  const auto read = job(running.id);
  ASSERT_TRUE(read.lease);
  EXPECT_EQ(read.lease->worker_id, "worker-1");
  EXPECT_EQ(read.lease->token, running.lease->token);
  EXPECT_EQ(read.lease->until, *read.started_at + std::chrono::minutes(1));
  EXPECT_EQ(read.lease->renewals, 0);
  EXPECT_FALSE(read.run_id.empty());
}

TEST_P(JobStoreContract, FindsARepeatedClaimDone) {
  const auto waiting = job(accept(1).front());
  const auto claim = claim_of(waiting);
  const auto first = applied(claim);
  const auto again = apply(claim);
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->unchanged);
  EXPECT_EQ(again->job.fence, first.fence);
  EXPECT_EQ(store().history(waiting.id)->size(), 3U);
}

TEST_P(JobStoreContract, RefusesTheSecondClaimer) {
  const auto waiting = job(accept(1).front());
  applied(claim_of(waiting));
  EXPECT_EQ(apply(claim_of(waiting)).error().code, Errc::lease_lost);
  EXPECT_EQ(job(waiting.id).fence, 1);
}

TEST_P(JobStoreContract, RefusesAClaimUnderAnOldDispatchNumber) {
  const auto running = running_job();
  const auto back = applied(domain::Finish{running.id, running.fence, domain::HandedBack{}});
  EXPECT_EQ(back.status, JobStatus::submitting);
  EXPECT_EQ(apply(claim_of(back)).error().code, Errc::lease_lost);
  const auto admitted = admit(running.id);
  EXPECT_GT(admitted.dispatch_no, running.dispatch_no);
  EXPECT_EQ(apply(claim_of(running)).error().code, Errc::lease_lost);
  EXPECT_EQ(applied(claim_of(admitted)).fence, running.fence + 1);
}

TEST_P(JobStoreContract, RefusesWhatCarriesAnOldFenceAndLeavesTheRecordAlone) {
  const auto first = running_job();
  applied(domain::Finish{first.id, first.fence, domain::HandedBack{}});
  admit(first.id);
  const auto second = claim(first.id);
  const std::vector<domain::Finish> late{{first.id, first.fence, success()},
                                         {first.id, first.fence, lasting_failure()},
                                         {first.id, first.fence, domain::Stopped{}},
                                         {first.id, first.fence, domain::HandedBack{}}};
  for (const auto& finish : late)
    EXPECT_EQ(apply(finish).error().code, Errc::lease_lost);
  const auto read = job(first.id);
  EXPECT_EQ(read.version, second.version);
  EXPECT_EQ(read.status, JobStatus::running);
  EXPECT_EQ(store().results(first.id).error().code, Errc::not_found);
}

TEST_P(JobStoreContract, RefusesASecondFinish) {
  const auto done = succeed(running_job());
  EXPECT_EQ(apply(domain::Finish{done.id, done.fence, lasting_failure()}).error().code,
            Errc::lease_lost);
  EXPECT_EQ(job(done.id).status, JobStatus::completed);
}

TEST_P(JobStoreContract, GivesEachJobToOneOfManyClaimers) {
  constexpr int claimers = 4;
  const auto ids = accept(200);
  const auto other = open_another();
  std::vector<std::vector<JobId>> won(claimers);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < claimers; ++i) {
      threads.emplace_back([&, i] {
        auto& through = i % 2 == 0 ? store() : *other;
        for (std::size_t first = 0; first < ids.size(); first += 20) {
          std::vector<domain::JobCommand> commands;
          for (std::size_t k = 0; k < 20; ++k) {
            // Each claimer goes through a set in another order: that must not lock them up.
            const auto id = ids[first + (i % 2 == 0 ? k : 19 - k)];
            commands.emplace_back(domain::Claim{.job_id = id,
                                                .dispatch_no = 1,
                                                .worker_id = "worker-" + std::to_string(i),
                                                .token = ClaimToken::make(),
                                                .lease = std::chrono::hours(1)});
          }
          for (const auto& answer : through.apply(commands)) {
            if (answer) won[static_cast<std::size_t>(i)].push_back(answer->job.id);
            if (!answer) EXPECT_EQ(answer.error().code, Errc::lease_lost);
          }
        }
      });
    }
  }
  std::vector<JobId> all;
  for (const auto& mine : won)
    all.insert(all.end(), mine.begin(), mine.end());
  std::sort(all.begin(), all.end());
  auto expected = ids;
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(all, expected);
  for (const auto id : ids) {
    EXPECT_EQ(job(id).fence, 1);
    EXPECT_EQ(store().history(id)->size(), 3U);
  }
}

TEST_P(JobStoreContract, LetsOneOfManyConflictingCommandsWin) {
  const auto ids = accept(50);
  std::vector<domain::JobCommand> finishes;
  std::vector<domain::JobCommand> cancels;
  for (const auto id : ids) {
    const auto running = claim(id);
    finishes.emplace_back(domain::Finish{id, running.fence, success()});
    cancels.emplace_back(domain::Cancel{id});
  }
  const auto other = open_another();
  Applied finished;
  Applied cancelled;
  {
    const std::jthread one([&] { finished = store().apply(finishes); });
    const std::jthread two([&] { cancelled = other->apply(cancels); });
  }
  for (std::size_t i = 0; i < ids.size(); ++i) {
    ASSERT_TRUE(finished[i]) << describe(finished[i].error());
    const auto status = job(ids[i]).status;
    EXPECT_EQ(status, cancelled[i] ? JobStatus::cancelled : JobStatus::completed);
    expect_sound(ids[i]);
  }
}

}  // namespace
}  // namespace trainyard::ports

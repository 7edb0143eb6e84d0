#include "common/ports/counted.hpp"
#include "tests/contract/job_store/job_store_contract.hpp"

#include <future>
#include <thread>

namespace trainyard::ports {
namespace {

using domain::JobEvent;

constexpr std::chrono::seconds long_enough{30};

TEST_P(JobStoreContract, TellsEachCommitOfAJobInOrder) {
  const auto done = succeed(running_job());
  const auto entries = outbox();
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_LT(entries[0].id, entries[1].id);
  EXPECT_LT(entries[1].id, entries[2].id);
  ASSERT_EQ(entries[0].history.size(), 2U);
  EXPECT_EQ(entries[0].history[0].event, JobEvent::created);
  EXPECT_EQ(entries[0].history[1].event, JobEvent::submitted);
  EXPECT_EQ(entries[0].dispatch_no, 1);
  EXPECT_EQ(entries[1].history.at(0).event, JobEvent::started);
  EXPECT_FALSE(entries[1].dispatch_no);
  EXPECT_EQ(entries[2].history.at(0).event, JobEvent::completed);
  EXPECT_EQ(entries[0].job->version, done.version) << "the job is told as it is now";
}

TEST_P(JobStoreContract, TellsNothingOfARepeatedCommand) {
  const auto cancelled = applied(domain::Cancel{accept(1).front()});
  drain_outbox();
  ASSERT_TRUE(apply(domain::Cancel{cancelled.id}));
  EXPECT_TRUE(outbox().empty());
}

TEST_P(JobStoreContract, AnnouncesAnAdmissionWithoutATransition) {
  const auto running = running_job();
  applied(domain::Finish{running.id, running.fence, retriable_failure(std::chrono::seconds(0))});
  drain_outbox();
  const auto admitted = applied(domain::Admit{running.id, job(running.id).dispatch_no});
  const auto entries = outbox();
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].dispatch_no, admitted.dispatch_no);
  EXPECT_TRUE(entries[0].history.empty());
}

TEST_P(JobStoreContract, KeepsOutboxRowsUntilTheyAreDone) {
  const auto ids = accept(3);
  auto entries = outbox();
  ASSERT_EQ(entries.size(), 3U);
  const std::vector done{entries[1].id, entries[1].id + 1'000};
  ASSERT_TRUE(store().outbox_done(done));
  reopen();
  entries = outbox();
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].job->id, ids[0]);
  EXPECT_EQ(entries[1].job->id, ids[2]);
  EXPECT_EQ(outbox(1).size(), 1U);
}

TEST_P(JobStoreContract, LeavesOutWhatTheRelayHasInFlight) {
  const auto ids = accept(6);
  const auto all = outbox();
  const std::vector<OutboxRange> skip{{.first = all[0].id, .last = all[1].id},
                                      {.first = all[3].id, .last = all[3].id}};
  const auto rest = store().outbox(10, skip);
  ASSERT_EQ(rest->size(), 3U);
  EXPECT_EQ((*rest)[0].job->id, ids[2]);
  EXPECT_EQ((*rest)[1].job->id, ids[4]);
  EXPECT_EQ((*rest)[2].job->id, ids[5]);
  EXPECT_EQ(store().outbox(2, skip)->size(), 2U);
}

TEST_P(JobStoreContract, WakesTheRelayWhenAnotherCommits) {
  ASSERT_TRUE(store().await_outbox(long_enough));  // what was there before counts
  auto waiting = std::async(std::launch::async, [&] {
    // May wake for nothing: looks as the relay does.
    while (outbox().empty())
      ASSERT_TRUE(store().await_outbox(long_enough));
  });
  accept(1);
  ASSERT_EQ(waiting.wait_for(long_enough), std::future_status::ready);
}

TEST_P(JobStoreContract, WakesTheRelayOnRequest) {
  ASSERT_TRUE(store().await_outbox(long_enough));
  store().wake();
  const auto began = std::chrono::steady_clock::now();
  ASSERT_TRUE(store().await_outbox(long_enough));
  EXPECT_LT(std::chrono::steady_clock::now() - began, long_enough);
  ASSERT_TRUE(store().await_outbox(milliseconds(1)));
}

TEST_P(JobStoreContract, ListsNewestFirstPageByPage) {
  const auto ids = accept(5);
  JobFilter filter{.limit = 2};
  std::vector<JobId> seen;
  for (int page = 0; page < 3; ++page) {
    const auto found = store().list(filter);
    ASSERT_TRUE(found) << describe(found.error());
    EXPECT_EQ(found->total, 5);
    EXPECT_EQ(found->has_more, page < 2);
    for (const auto& each : found->jobs)
      seen.push_back(each.id);
    filter.before = seen.back();
  }
  EXPECT_TRUE(std::equal(seen.begin(), seen.end(), ids.rbegin(), ids.rend()));
}

TEST_P(JobStoreContract, CountsAListNoFurtherThanItSays) {
  accept(static_cast<int>(ports::counted_max) + 5);
  EXPECT_EQ(store().list({})->total, ports::counted_max + 5);
  for (auto filter : {JobFilter{}, JobFilter{.status = domain::JobStatus::submitting}}) {
    filter.total = JobFilter::Total::counted_far_enough;
    const auto page = store().list(filter);
    ASSERT_TRUE(page) << describe(page.error());
    EXPECT_EQ(page->total, ports::counted_max + 1);
    EXPECT_FALSE(ports::is_exact(page->total));
  }
}

TEST_P(JobStoreContract, NarrowsAListByEveryFilter) {
  auto special = new_submitted();
  special.user_id = "grace";
  special.segment_id = "100%_north";
  special.model = "Theta";
  const auto accepted = accept(special);
  accept(3);
  accept(new_job());
  const auto batch = accept_batch(2);
  const auto total = [&](const JobFilter& filter) {
    const auto page = store().list(filter);
    EXPECT_TRUE(page) << describe(page.error());
    EXPECT_EQ(static_cast<std::size_t>(page->total), page->jobs.size());
    return page->total;
  };
  EXPECT_EQ(total({}), 7);
  EXPECT_EQ(total({.user_id = "grace"}), 1);
  EXPECT_EQ(total({.status = domain::JobStatus::pending}), 1);
  EXPECT_EQ(total({.batch_id = batch.id}), 2);
  EXPECT_EQ(total({.segment_id = "100%_north"}), 1);
  EXPECT_EQ(total({.model = "Theta"}), 1);
  EXPECT_EQ(total({.text = "theta"}), 1);
  EXPECT_EQ(total({.text = "0%_n"}), 1);
  EXPECT_EQ(total({.text = "0__n"}), 0);
  EXPECT_EQ(total({.text = "waiting for"}), 6);
  EXPECT_EQ(total({.created_after = accepted.created_at + std::chrono::hours(1)}), 0);
  EXPECT_EQ(total({.created_before = accepted.created_at}), 0);
  EXPECT_EQ(total({.created_after = accepted.created_at}), 7);
  EXPECT_EQ(total({.user_id = "grace", .status = domain::JobStatus::pending}), 0);
}

}  // namespace
}  // namespace trainyard::ports

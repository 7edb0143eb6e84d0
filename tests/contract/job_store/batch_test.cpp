#include "tests/contract/job_store/job_store_contract.hpp"

#include <mutex>
#include <set>
#include <thread>

namespace trainyard::ports {
namespace {

using domain::JobStatus;

std::vector<domain::Batch> ended_batches(const std::vector<OutboxEntry>& entries) {
  std::vector<domain::Batch> batches;
  for (const auto& entry : entries) {
    if (entry.batch) batches.push_back(*entry.batch);
  }
  return batches;
}

TEST_P(JobStoreContract, AcceptsABatchWithItsJobs) {
  const auto batch = accept_batch(4);
  EXPECT_EQ(batch.user_id, "ada");
  EXPECT_EQ(batch.total_jobs, 4);
  EXPECT_EQ(batch.open_jobs, 4);
  EXPECT_FALSE(batch.completed_at);
  const auto jobs = store().batch_jobs(batch.id);
  ASSERT_EQ(jobs->size(), 4U);
  EXPECT_TRUE(std::ranges::is_sorted(*jobs, {}, &domain::Job::id));
  for (const auto& each : *jobs) {
    EXPECT_EQ(each.batch_id, batch.id);
    EXPECT_EQ(each.config, "");
  }
  EXPECT_EQ(outbox().size(), 4U);
}

TEST_P(JobStoreContract, AcceptsABatchOnce) {
  std::vector jobs{new_submitted(), new_submitted()};
  const NewBatch batch{.id = BatchId::make(), .user_id = "ada", .config = "{}"};
  ASSERT_TRUE(store().accept_batch(batch, all_of(jobs)));
  const auto again = store().accept_batch(batch, all_of(jobs));
  ASSERT_TRUE(again) << describe(again.error());
  EXPECT_EQ(again->total_jobs, 2);
  EXPECT_EQ(outbox().size(), 2U);
}

TEST_P(JobStoreContract, AcceptsOneBatchOfAnOrigin) {
  const auto accept = [this](std::string origin, std::string cause = R"({"id":"e-1"})") {
    const std::vector jobs{new_submitted()};
    return store().accept_batch({.id = BatchId::make(),
                                 .user_id = "ada",
                                 .config = "{}",
                                 .cause = std::move(cause),
                                 .origin = std::move(origin)},
                                all_of(jobs));
  };
  const auto first = accept("shop\ne-1");
  ASSERT_TRUE(first) << describe(first.error());
  EXPECT_EQ(first->cause, R"({"id":"e-1"})");
  const auto again = accept("shop\ne-1", "{}");
  ASSERT_TRUE(again) << describe(again.error());
  EXPECT_EQ(again->id, first->id);
  EXPECT_EQ(again->cause, first->cause);
  EXPECT_NE(accept("shop\ne-2")->id, first->id);
  EXPECT_NE(accept("", "")->id, accept("", "")->id) << "no origin is nobody's";
  EXPECT_EQ(outbox().size(), 4U) << "what was not accepted announced nothing";
}

TEST_P(JobStoreContract, AcceptsOneBatchOfAnOriginFromManyAtATime) {
  std::mutex mutex;
  std::set<BatchId> batches;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      const std::vector jobs{new_submitted(), new_submitted()};
      const auto batch = store().accept_batch(
          {.id = BatchId::make(), .user_id = "ada", .config = "{}", .origin = "same"},
          all_of(jobs));
      const std::lock_guard lock(mutex);
      if (batch) batches.insert(batch->id);
    });
  }
  threads.clear();
  EXPECT_EQ(batches.size(), 1U);
  EXPECT_EQ(outbox().size(), 2U);
}

TEST_P(JobStoreContract, TellsAJobsCauseWhereverItIsRead) {
  const std::vector jobs{new_submitted()};
  const NewBatch batch{
      .id = BatchId::make(), .user_id = "ada", .config = "{}", .cause = R"({"id":"e-1"})"};
  ASSERT_TRUE(store().accept_batch(batch, all_of(jobs)));
  EXPECT_EQ(job(jobs[0].id).cause, batch.cause);
  EXPECT_EQ(store().list({})->jobs.front().cause, batch.cause);
  EXPECT_EQ(store().batch_jobs(batch.id)->front().cause, batch.cause);
  EXPECT_EQ(outbox().front().job->cause, batch.cause);
  EXPECT_EQ(claim(jobs[0].id).cause, batch.cause);
  EXPECT_EQ(job(accept(new_submitted()).id).cause, "");
}

TEST_P(JobStoreContract, AcceptsNothingOfABatchThatCannotBeWhole) {
  const auto taken = accept(new_submitted());
  auto broken = new_submitted();
  broken.model = std::string("a\0b", 3);
  auto doubled = new_submitted();
  doubled.id = taken.id;
  for (const auto& culprit : {broken, doubled}) {
    const std::vector jobs{new_submitted(), culprit};
    const NewBatch batch{.id = BatchId::make(), .user_id = "ada", .config = "{}"};
    EXPECT_FALSE(store().accept_batch(batch, all_of(jobs)));
    EXPECT_EQ(store().get_batch(batch.id).error().code, Errc::not_found);
    EXPECT_EQ(store().get(jobs[0].id).error().code, Errc::not_found);
  }
  const NewBatch empty{.id = BatchId::make(), .user_id = "ada", .config = "{}"};
  EXPECT_EQ(store().accept_batch(empty, {}).error().code, Errc::invalid_argument);
}

TEST_P(JobStoreContract, CountsTheJobsOfABatch) {
  const auto batch = accept_batch(5);
  const auto jobs = *store().batch_jobs(batch.id);
  succeed(claim(jobs[0].id));
  fail_for_good(claim(jobs[1].id));
  applied(domain::Cancel{jobs[2].id});
  const auto running = claim(jobs[3].id);
  const auto counts = store().count_batch(batch.id);
  ASSERT_TRUE(counts);
  EXPECT_EQ(counts->total, 5);
  EXPECT_EQ(counts->completed, 1);
  EXPECT_EQ(counts->failed, 1);
  EXPECT_EQ(counts->cancelled, 1);
  EXPECT_EQ(counts->running, 1);
  EXPECT_EQ(counts->pending, 1);
  EXPECT_EQ(counts->progress_sum, 300 + running.progress);
  EXPECT_EQ(store().get_batch(batch.id)->open_jobs, 2);
  EXPECT_EQ(store().count_batch(BatchId::make()).error().code, Errc::not_found);
}

TEST_P(JobStoreContract, TellsTheEndOfABatchOnceAndAgainAfterARetry) {
  const auto batch = accept_batch(2);
  const auto jobs = *store().batch_jobs(batch.id);
  succeed(claim(jobs[0].id));
  EXPECT_TRUE(ended_batches(outbox()).empty());
  fail_for_good(claim(jobs[1].id));
  auto ended = ended_batches(outbox());
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended[0].id, batch.id);
  EXPECT_TRUE(store().get_batch(batch.id)->completed_at);
  drain_outbox();

  applied(domain::Submit{jobs[1].id, domain::Entry::announced});
  EXPECT_FALSE(store().get_batch(batch.id)->completed_at);
  EXPECT_EQ(store().get_batch(batch.id)->open_jobs, 1);
  EXPECT_TRUE(ended_batches(outbox()).empty());
  succeed(claim(jobs[1].id));
  EXPECT_EQ(ended_batches(outbox()).size(), 1U);
}

TEST_P(JobStoreContract, TellsTheEndOfABatchOnceWhenItsJobsEndTogether) {
  const auto batch = accept_batch(40);
  const auto jobs = *store().batch_jobs(batch.id);
  const auto other = open_another();
  {
    std::vector<std::jthread> threads;
    for (std::size_t part = 0; part < 4; ++part) {
      threads.emplace_back([&, part] {
        auto& through = part % 2 == 0 ? store() : *other;
        for (std::size_t i = part * 10; i < part * 10 + 10; i += 2) {
          const std::vector<domain::JobCommand> cancels{domain::Cancel{jobs[i].id},
                                                        domain::Cancel{jobs[i + 1].id}};
          for (const auto& answer : through.apply(cancels))
            EXPECT_TRUE(answer);
        }
      });
    }
  }
  EXPECT_EQ(store().get_batch(batch.id)->open_jobs, 0);
  EXPECT_EQ(ended_batches(outbox()).size(), 1U);
}

TEST_P(JobStoreContract, AddsAJobToABatchAndTakesADeletedOneOut) {
  const auto batch = accept_batch(1);
  auto late = new_job();
  late.batch_id = batch.id;
  accept(late);
  EXPECT_EQ(store().get_batch(batch.id)->total_jobs, 2);
  EXPECT_EQ(store().get_batch(batch.id)->open_jobs, 2);
  succeed(claim(store().batch_jobs(batch.id)->front().id));
  ASSERT_TRUE(store().remove(late.id));
  EXPECT_EQ(store().get_batch(batch.id)->total_jobs, 1);
  EXPECT_TRUE(store().get_batch(batch.id)->completed_at);
  EXPECT_EQ(ended_batches(outbox()).size(), 1U);
}

TEST_P(JobStoreContract, ListsBatchesNewestFirstWithTheirCounts) {
  const auto first = accept_batch(1);
  const auto second = accept_batch(3);
  const auto third = accept_batch(1);
  const auto jobs = *store().batch_jobs(second.id);
  succeed(claim(jobs[0].id));
  const auto running = claim(jobs[1].id);

  const auto page = store().list_batches({.user_id = "ada", .limit = 2});
  ASSERT_TRUE(page) << describe(page.error());
  EXPECT_EQ(page->total, 3);
  EXPECT_TRUE(page->has_more);
  ASSERT_EQ(page->batches.size(), 2U);
  EXPECT_EQ(page->batches[0].batch.id, third.id);
  EXPECT_EQ(page->batches[0].counts.pending, 1);
  const auto& [batch, counts] = page->batches[1];
  EXPECT_EQ(batch.id, second.id);
  EXPECT_EQ(batch.user_id, "ada");
  EXPECT_EQ(batch.config, "");
  EXPECT_EQ(batch.created_at, second.created_at);
  EXPECT_EQ(counts.total, 3);
  EXPECT_EQ(counts.completed, 1);
  EXPECT_EQ(counts.running, 1);
  EXPECT_EQ(counts.pending, 1);
  EXPECT_EQ(counts.progress_sum, 100 + running.progress);

  const auto rest = store().list_batches({.user_id = "ada", .before = second.id, .limit = 2});
  ASSERT_EQ(rest->batches.size(), 1U);
  EXPECT_EQ(rest->batches[0].batch.id, first.id);
  EXPECT_EQ(rest->total, 3);
  EXPECT_FALSE(rest->has_more);
  EXPECT_EQ(store().list_batches({.user_id = "grace"})->total, 0);
}

TEST_P(JobStoreContract, ListsBatchesByHowTheyEnded) {
  enum class End { open, success, failure, cancel };
  std::vector<BatchId> ids;
  const auto make = [&](std::initializer_list<End> ends) {
    const auto batch = accept_batch(static_cast<int>(ends.size()));
    const auto jobs = *store().batch_jobs(batch.id);
    std::size_t i = 0;
    for (const auto end : ends) {
      const auto id = jobs[i++].id;
      if (end == End::success) succeed(claim(id));
      if (end == End::failure) fail_for_good(claim(id));
      if (end == End::cancel) applied(domain::Cancel{id});
    }
    ids.push_back(batch.id);
  };
  make({End::open, End::success});
  make({End::success, End::success});
  make({End::success, End::failure});
  make({End::success, End::cancel});
  make({End::failure, End::cancel});
  make({End::cancel, End::cancel});
  std::size_t listed = 0;
  for (const auto status : domain::all_batch_statuses) {
    const auto page = store().list_batches({.status = status});
    ASSERT_TRUE(page) << describe(page.error());
    EXPECT_EQ(page->total, std::ssize(page->batches));
    for (const auto& each : page->batches)
      EXPECT_EQ(domain::status_of(each.counts), status) << to_string(status);
    listed += page->batches.size();
  }
  EXPECT_EQ(listed, ids.size());
}

}  // namespace
}  // namespace trainyard::ports

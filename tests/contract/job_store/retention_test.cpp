#include "tests/contract/job_store/job_store_contract.hpp"

#include <algorithm>

namespace trainyard::ports {
namespace {

using domain::JobStatus;

constexpr milliseconds any_age{0};
constexpr milliseconds an_hour = std::chrono::hours(1);

std::vector<JobId> ids_of(const FinishedPage& page) {
  std::vector<JobId> ids;
  for (const auto& job : page.jobs)
    ids.push_back(job.id);
  return ids;
}

std::vector<JobId> all_finished(JobStore& store, milliseconds age, int page_size = 100) {
  std::vector<JobId> ids;
  std::optional<JobId> after = JobId();
  while (after) {
    const auto page = store.finished(age, *after, page_size);
    EXPECT_TRUE(page) << describe(page.error());
    if (!page) break;
    std::ranges::copy(ids_of(*page), std::back_inserter(ids));
    after = page->next;
  }
  return ids;
}

TEST_P(JobStoreContract, ForgetsWhatEndedWithAllThatItLeft) {
  std::vector<JobId> ended, open;
  for (const auto status : domain::all_statuses)
    (is_terminal(status) ? ended : open).push_back(job_in(status).id);
  EXPECT_EQ(all_finished(store(), any_age), ended);

  auto all = ended;
  std::ranges::copy(open, std::back_inserter(all));
  EXPECT_EQ(*store().forget(any_age, all), std::ssize(ended));
  for (const auto id : ended) {
    EXPECT_EQ(store().get(id).error().code, Errc::not_found);
    EXPECT_TRUE(store().history(id)->empty());
    EXPECT_EQ(store().results(id).error().code, Errc::not_found);
  }
  for (const auto id : open)
    expect_sound(id);
  for (const auto& entry : outbox())
    EXPECT_EQ(std::ranges::find(ended, entry.job->id), ended.end());
}

TEST_P(JobStoreContract, WalksWhatEndedPageByPageOldestFirst) {
  std::vector<JobId> ended;
  for (int i = 0; i < 5; ++i) {
    ended.push_back(succeed(running_job()).id);
    accept(new_job());
  }
  EXPECT_EQ(all_finished(store(), any_age, 2), ended);
  EXPECT_EQ(store().finished(any_age, {}, 2)->jobs.size(), 1U) << "one of the two is open";
}

TEST_P(JobStoreContract, TellsHowOftenWhatEndedWasClaimed) {
  const auto first = running_job();
  applied(domain::Finish{first.id, first.fence, retriable_failure(std::chrono::seconds(0))});
  admit(first.id);
  succeed(claim(first.id));
  const auto page = store().finished(any_age, {}, 10);
  ASSERT_EQ(page->jobs.size(), 1U);
  EXPECT_EQ(page->jobs[0].fence, first.fence + 1);
}

TEST_P(JobStoreContract, ForgetsNothingThatEndedLately) {
  const auto job = succeed(running_job());
  const auto page = store().finished(an_hour, {}, 10);
  ASSERT_TRUE(page) << describe(page.error());
  EXPECT_TRUE(page->jobs.empty());
  EXPECT_FALSE(page->next) << "what comes after is younger still";
  EXPECT_EQ(*store().forget(an_hour, std::vector{job.id}), 0);
  expect_sound(job.id);
}

TEST_P(JobStoreContract, ForgetsNothingThatItsUserRetriedMeanwhile) {
  const auto job = fail_for_good(running_job());
  ASSERT_EQ(all_finished(store(), any_age), std::vector{job.id});
  applied(domain::Submit{.job_id = job.id});
  EXPECT_EQ(*store().forget(any_age, std::vector{job.id}), 0);
  expect_sound(job.id);
}

TEST_P(JobStoreContract, ForgetsABatchWhenItIsOverAndWithItsLastJob) {
  const auto batch = accept_batch(2);
  const auto jobs = *store().batch_jobs(batch.id);
  succeed(claim(jobs[0].id));
  EXPECT_TRUE(all_finished(store(), any_age).empty()) << "the batch goes on";
  succeed(claim(jobs[1].id));
  EXPECT_EQ(all_finished(store(), any_age), (std::vector{jobs[0].id, jobs[1].id}));

  EXPECT_EQ(*store().forget(any_age, std::vector{jobs[0].id}), 1);
  EXPECT_EQ(store().get_batch(batch.id)->total_jobs, 1);
  EXPECT_TRUE(store().get_batch(batch.id)->completed_at);
  EXPECT_EQ(*store().forget(any_age, std::vector{jobs[1].id}), 1);
  EXPECT_EQ(store().get_batch(batch.id).error().code, Errc::not_found);
}

}  // namespace
}  // namespace trainyard::ports

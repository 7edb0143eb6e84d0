#include "tests/contract/job_store/job_store_contract.hpp"

#include <set>
#include <thread>

namespace trainyard::ports {
namespace {

using domain::JobStatus;

domain::NewJob unique_job(const std::string& key = "nightly") {
  return {.id = JobId::make(),
          .user_id = "ada",
          .config = "{}",
          .unique = domain::Uniqueness{.key = key, .within = std::nullopt},
          .submit = true,
          .entry = domain::Entry::announced};
}

domain::NewJob unique_job_within(std::chrono::seconds within) {
  auto job = unique_job();
  job.unique->within = within;
  return job;
}

TEST_P(JobStoreContract, AnswersTheJobInTheWayOfAUniqueOneAndWritesNothing) {
  const auto first = unique_job();
  EXPECT_EQ(accept(first).unique_key, "nightly");
  drain_outbox();
  const auto second = unique_job();
  const auto answer = store().accept({&second, 1}).front();
  ASSERT_TRUE(answer) << describe(answer.error());
  EXPECT_TRUE(answer->unchanged);
  EXPECT_EQ(answer->job.id, first.id);
  EXPECT_EQ(store().get(second.id).error().code, Errc::not_found);
  EXPECT_TRUE(outbox().empty());
  EXPECT_EQ(store().list({})->total, 1);
  EXPECT_EQ(job(first.id).unique_key, "nightly");
}

TEST_P(JobStoreContract, KeepsUniqueJobsApartByUserAndKey) {
  accept(unique_job());
  const auto another_key = unique_job("hourly");
  EXPECT_EQ(accept(another_key).id, another_key.id);
  auto another_user = unique_job();
  another_user.user_id = "grace";
  EXPECT_EQ(accept(another_user).id, another_user.id);
  const auto plain = new_submitted();
  EXPECT_EQ(accept(plain).id, plain.id);
}

TEST_P(JobStoreContract, AnswersAUniqueJobThatIsRepeatedWithItself) {
  const auto request = unique_job();
  accept(request);
  const auto again = store().accept({&request, 1}).front();
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->unchanged);
  EXPECT_EQ(again->job.id, request.id);
}

TEST_P(JobStoreContract, MakesAUniqueJobAgainAfterAFailureOrACancelButNotAfterACompletion) {
  const auto cancelled = accept(unique_job());
  applied(domain::Cancel{cancelled.id});
  const auto failed = accept(unique_job());
  EXPECT_NE(failed.id, cancelled.id);
  fail_for_good(claim(failed.id));
  const auto completed = accept(unique_job());
  EXPECT_NE(completed.id, failed.id);
  succeed(claim(completed.id));
  EXPECT_EQ(accept(unique_job()).id, completed.id);
}

TEST_P(JobStoreContract, CountsTheStatesThatAUniqueJobNames) {
  const auto completed = accept(unique_job());
  succeed(claim(completed.id));
  auto only_running = unique_job();
  only_running.unique->states = {JobStatus::submitting, JobStatus::running};
  EXPECT_EQ(accept(only_running).id, only_running.id);
  auto again = unique_job();
  again.unique->states = {JobStatus::submitting, JobStatus::running};
  EXPECT_EQ(accept(again).id, only_running.id) << "the newest of those that count";
}

TEST_P(JobStoreContract, CountsTheWindowThatAUniqueJobNames) {
  const auto first = accept(unique_job());
  EXPECT_EQ(accept(unique_job_within(std::chrono::hours(1))).id, first.id);
  const auto past = unique_job_within(-std::chrono::hours(1));
  EXPECT_EQ(accept(past).id, past.id) << "it was not made an hour ahead of now";
}

TEST_P(JobStoreContract, TellsUniqueJobsApartWithinOneSet) {
  const std::vector jobs{unique_job(), new_submitted(), unique_job(), unique_job("hourly"),
                         unique_job()};
  const auto answers = store().accept(jobs);
  std::set<JobId> made;
  for (const auto& answer : answers) {
    ASSERT_TRUE(answer) << describe(answer.error());
    made.insert(answer->job.id);
  }
  EXPECT_EQ(made.size(), 3U);
  EXPECT_EQ(answers[0]->job.id, answers[2]->job.id);
  EXPECT_EQ(answers[0]->job.id, answers[4]->job.id);
  EXPECT_EQ(store().list({})->total, 3);
}

TEST_P(JobStoreContract, RefusesAUniqueKeyThatNoDatabaseKeeps) {
  const auto job = unique_job("\xC3\x28");
  const auto answer = store().accept({&job, 1}).front();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().field, "options.unique.key");
}

TEST_P(JobStoreContract, MakesAUniqueJobOnceForManyWhoAcceptAtTheSameTime) {
  constexpr int acceptors = 6;
  constexpr int rounds = 15;
  std::vector<std::unique_ptr<JobStore>> stores;
  for (int i = 0; i < acceptors; ++i)
    stores.push_back(open_another());
  std::vector<std::vector<JobId>> told(acceptors, std::vector<JobId>(rounds * 2));
  std::vector<std::jthread> threads;
  for (std::size_t who = 0; who < acceptors; ++who) {
    threads.emplace_back([&, who] {
      for (std::size_t round = 0; round < rounds; ++round) {
        // Two keys in either order: sets that wait for each other must not do so in a circle.
        std::vector jobs{unique_job("a" + std::to_string(round)),
                         unique_job("b" + std::to_string(round))};
        if (who % 2 == 1) std::swap(jobs[0], jobs[1]);
        const auto answers = stores[who]->accept(jobs);
        for (std::size_t i = 0; i < 2; ++i) {
          ASSERT_TRUE(answers[i]) << describe(answers[i].error());
          told[who][round * 2 + (i + who) % 2] = answers[i]->job.id;
        }
      }
    });
  }
  threads.clear();
  for (const auto& each : told)
    EXPECT_EQ(each, told.front());
  EXPECT_EQ(store().list({})->total, rounds * 2);
  for (const auto id : told.front())
    expect_sound(id);
}

}  // namespace
}  // namespace trainyard::ports

#include "common/adapters/embedded_bus/embedded_bus.hpp"
#include "common/wire/job_control.hpp"
#include "tests/support/memory_store/announcer.hpp"
#include "tests/support/memory_store/memory_dispatch.hpp"
#include "tests/support/memory_store/memory_log.hpp"
#include "tests/support/memory_store/memory_store.hpp"
#include "worker/executors/local_executor.hpp"
#include "worker/runner/job_runner.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <sys/resource.h>

// A whole worker with real child processes, on a store in memory and the embedded bus.

namespace trainyard::runner {
namespace {

using domain::JobEvent;
using domain::JobStatus;

class WorkerTest : public testing::Test {
 protected:
  memory_store::MemoryStore store;
  memory_store::MemoryDispatch line{store};
  memory_store::MemoryLog job_log;
  embedded_bus::EmbeddedBus bus{
      {.groups = {{ports::topics::train_requested, {"trainyard-workers"}}},
       .group_unfinished_max = 200'000}};
  executors::LocalExecutorOptions executor_options{
      .pool = {.children = 2, .command = {TRAINYARD_TEST_CHILD}},
      .retry_policy = {.delay = std::chrono::seconds(0)},
      .drills = domain::Drills::allowed};
  JobRunnerOptions runner_options{.worker_id = make_worker_id(), .lease = std::chrono::seconds(10)};
  std::unique_ptr<executors::LocalExecutor> executor;
  std::unique_ptr<JobRunner> runner;
  std::unique_ptr<memory_store::Announcer> announcer;

  void open() {
    executor = std::make_unique<executors::LocalExecutor>(log::Log(), executor_options);
    runner = std::make_unique<JobRunner>(log::Log(), RunnerStores{store, line, job_log}, bus,
                                         *executor, runner_options);
    runner->start();
    announcer = std::make_unique<memory_store::Announcer>(store, bus);
  }
  void TearDown() override {
    announcer.reset();
    runner.reset();
    executor.reset();
  }
  static domain::NewJob job_with(const std::string& config) {
    return {.id = JobId::make(),
            .user_id = "ann",
            .config = config,
            .submit = true,
            .entry = domain::Entry::announced};
  }
  JobId accept(const std::string& config) {
    const auto job = job_with(config);
    EXPECT_TRUE(store.accept({&job, 1}).front());
    return job.id;
  }
  JobId drill(const std::string& name) { return accept(R"({"drill":")" + name + R"("})"); }
  void admit_when_due(JobId id) {
    const auto job = store.await(id, [](const auto& each) { return each.retry_count > 0; });
    const domain::JobCommand admit = domain::Admit{id, job.dispatch_no};
    store.apply({&admit, 1});
  }
};

TEST_F(WorkerTest, CompletesAJobWithWhatTheChildAnswers) {
  open();
  const auto id = accept(R"({"horizon":12})");
  const auto job = store.await(id, JobStatus::completed);
  EXPECT_EQ(job.metrics, R"({"naive":{"mape":5.2}})");
  EXPECT_EQ(job.artifact_uri, "a");
  EXPECT_EQ(store.results(id).value_or(""),
            R"({"batch_id":null,"config":{"horizon":12},"fence":1,"job_id":")" + id.to_string() +
                R"(","threads":2})");
}

TEST_F(WorkerTest, LendsTheCoresOfIdleChildrenToAJob) {
  open();
  const auto threads_of = [&](JobId id) {
    store.await(id, JobStatus::completed);
    const auto results = store.results(id);
    EXPECT_TRUE(results);
    const auto found = results->find(R"("threads":)");
    return found == std::string::npos ? '?' : results->at(found + 10);
  };
  EXPECT_EQ(threads_of(accept("{}")), '2');
  const auto other = drill("sleep:60000");
  store.await(other, JobStatus::running);
  EXPECT_EQ(threads_of(accept("{}")), '1');
}

TEST_F(WorkerTest, ACrashIsRetriedOnceAndThenFailsAsCluster) {
  open();
  const auto id = drill("abort");
  admit_when_due(id);
  const auto job = store.await(id, JobStatus::failed);
  EXPECT_EQ(job.error_category, Category::cluster);
  EXPECT_EQ(job.attempt, 2);
  EXPECT_NE(job.error.find("SIGABRT"), std::string::npos);
}

TEST_F(WorkerTest, ACrashHurtsNoOtherJob) {
  executor_options.retry_policy.delay = std::chrono::hours(1);
  open();
  std::vector<domain::NewJob> jobs;
  for (int i = 0; i < 500; ++i) {
    jobs.push_back(job_with(i % 100 == 50 ? R"({"drill":"oom"})" : R"({"drill":"noop"})"));
  }
  store.accept(jobs);
  store.await_completed(495);
  EXPECT_EQ(store.count_of(JobEvent::started), 500);
}

TEST_F(WorkerTest, KeepsWhatAJobWrites) {
  open();
  const auto id = drill("say:2");
  const auto lines = job_log.await(id, "line 2");
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0].text, "the drill prints 2 lines");
  EXPECT_EQ(lines[0].level, LineLevel::info);
  EXPECT_EQ(lines[1].text, "line 1");
  EXPECT_EQ(lines[1].level, LineLevel::output);
}

TEST_F(WorkerTest, KeepsTheLastWordsOfEachAttemptThatCrashes) {
  open();
  const auto id = drill("abort");
  EXPECT_EQ(attempt_of(job_log.await(id, "aborts as asked").front()), 1);
  admit_when_due(id);
  store.await(id, JobStatus::failed);
  runner->stop();
  const auto lines = job_log.await(id, "aborts as asked");
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(attempt_of(lines.back()), 2);
}

TEST_F(WorkerTest, KeepsTheEndOfALongLog) {
  open();
  const auto id = drill("say:100000");
  const auto lines = job_log.await(id, "line 100000");
  EXPECT_LE(lines.size(), 10'000u);
  EXPECT_EQ(lines.back().text, "line 100000");
}

TEST_F(WorkerTest, WritesNothingForJobsThatSayNothing) {
  open();
  std::vector<domain::NewJob> jobs;
  for (int i = 0; i < 100; ++i)
    jobs.push_back(job_with(R"({"drill":"noop"})"));
  store.accept(jobs);
  store.await_completed(100);
  runner->stop();
  EXPECT_EQ(job_log.appends(), 0);
}

TEST_F(WorkerTest, TellsMeasuredProgress) {
  auto watcher = bus.subscribe({.topics = {ports::topics::job_events}}).value();
  open();
  const auto id = drill("sleep:600000");
  store.await(id, [](const auto& job) { return job.current_step == "Drilling"; });
  const auto deliveries = watcher->poll(1, std::chrono::seconds(60)).value();
  ASSERT_EQ(deliveries.size(), 1u);
  EXPECT_EQ(deliveries.front().message.key, id.to_string());
  EXPECT_TRUE(wire::parse_cloud_event(deliveries.front().message.value));
  executor->cancel(id);
}

TEST_F(WorkerTest, ACancelIsFeltThroughTheControlTopic) {
  runner_options.lease = std::chrono::hours(1);  // no renewal tells it in time
  open();
  const auto id = drill("sleep:600000");
  store.await(id, JobStatus::running);
  const domain::JobCommand cancel = domain::Cancel{id};
  ASSERT_TRUE(store.apply({&cancel, 1}).front());
  const ports::Message message{.topic = ports::topics::job_control,
                               .key = id.to_string(),
                               .value = to_json(wire::JobControl{.job_id = id})};
  bus.publish({&message, 1}, [](auto, const auto&) {});
  store.await(id, JobStatus::cancelled);
}

TEST_F(WorkerTest, ACancelIsFeltThroughTheRenewal) {
  runner_options.lease = milliseconds(300);
  open();
  const auto id = drill("hang");
  store.await(id, JobStatus::running);
  const domain::JobCommand cancel = domain::Cancel{id};
  ASSERT_TRUE(store.apply({&cancel, 1}).front());
  store.await(id, JobStatus::cancelled);
}

TEST_F(WorkerTest, ADrainHandsBackWhatDoesNotEndAndBurnsNoAttempt) {
  runner_options.drain = milliseconds(100);
  open();
  std::vector<JobId> ids;
  for (int i = 0; i < 4; ++i)
    ids.push_back(drill("hang"));
  while (store.count_of(JobEvent::started) < 2)
    std::this_thread::yield();
  announcer.reset();
  runner->stop();
  for (const auto id : ids) {
    const auto job = store.get(id).value();
    EXPECT_EQ(job.status, JobStatus::submitting);
    EXPECT_EQ(job.retry_count, 0);
  }
}

TEST_F(WorkerTest, ADrainLetsRunningJobsEnd) {
  open();
  const auto id = drill("sleep:300");
  store.await(id, JobStatus::running);
  // Begun, not just claimed: only those are waited for.
  store.await(id, [](const auto& job) { return job.current_step == "Drilling"; });
  runner->stop();
  EXPECT_EQ(store.get(id).value().status, JobStatus::completed);
}

TEST_F(WorkerTest, AChildWhoseLeaseCannotBeRenewedIsKilledAndWritesNothing) {
  runner_options.lease = milliseconds(300);
  open();
  const auto id = drill("sleep:2000");
  const auto running = store.await(id, JobStatus::running);
  store.set_outage(memory_store::MemoryStore::Outage::away);
  // Room for two again: the slot is free although the job never ended.
  while (executor->capacity() < 2)
    std::this_thread::yield();
  store.set_outage(memory_store::MemoryStore::Outage::none);
  const auto job = store.get(id).value();
  EXPECT_EQ(job.status, JobStatus::running);
  EXPECT_EQ(job.version, running.version);
}

TEST_F(WorkerTest, RunsTwentyThousandJobsOnce) {
  open();
  constexpr int count = 20'000;
  std::vector<domain::NewJob> jobs;
  for (int i = 0; i < count; ++i)
    jobs.push_back(job_with(R"({"drill":"noop"})"));
  store.accept({jobs.data(), 100});
  store.await_completed(100);  // children are up
  const auto cpu = [] {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return std::chrono::seconds(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           std::chrono::microseconds(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
  };
  const auto cpu_before = cpu();
  const auto begin = std::chrono::steady_clock::now();
  store.accept({jobs.data() + 100, count - 100});
  store.await_completed(count);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::printf("%.0f jobs/s; %.1f us CPU per job in this process (store and bus included)\n",
              (count - 100) / took.count(),
              static_cast<double>((cpu() - cpu_before).count()) / (count - 100));
  EXPECT_EQ(store.count_of(JobEvent::started), count);
  EXPECT_EQ(store.count_of(JobEvent::completed), count);
}

}  // namespace
}  // namespace trainyard::runner

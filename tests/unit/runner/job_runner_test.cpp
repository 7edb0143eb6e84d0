#include "worker/runner/job_runner.hpp"

#include "common/adapters/embedded_bus/embedded_bus.hpp"
#include "common/runtime/child_pool.hpp"
#include "common/wire/job_control.hpp"
#include "tests/support/memory_store/announcer.hpp"
#include "tests/support/memory_store/memory_dispatch.hpp"
#include "tests/support/memory_store/memory_log.hpp"
#include "tests/support/memory_store/memory_store.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <latch>
#include <map>
#include <set>

namespace trainyard::runner {
namespace {

using domain::JobEvent;
using domain::JobStatus;
using memory_store::Announcer;
using memory_store::MemoryStore;

// Does nothing by itself: the test says how jobs go on.
class FakeExecutor final : public ports::Executor {
 public:
  explicit FakeExecutor(int slots) : slots_(slots) {}

  void set_events(Events events) override { events_ = std::move(events); }
  int slots() const override { return slots_; }
  int capacity() const override {
    const std::lock_guard lock(mutex_);
    return slots_ - static_cast<int>(running_.size());
  }
  void start(const domain::Job& job, std::chrono::nanoseconds lease_until) override {
    note([&] {
      running_[job.id] = job.fence;
      leases_[job.id] = lease_until;
      ++starts_;
    });
  }
  void cancel(JobId job) override {
    note([&] { cancelled_.insert(job); });
  }
  void interrupt(JobId job) override {
    note([&] { interrupted_.insert(job); });
  }
  void abandon(JobId job) override {
    note([&] {
      running_.erase(job);
      abandoned_.insert(job);
    });
    events_.capacity_freed();
  }
  std::vector<JobId> release_waiting() override { return {}; }
  void lease_extended(JobId job, std::chrono::nanoseconds) override {
    note([&] { ++extensions_[job]; });
  }

  void end(JobId job, decltype(domain::Finish::outcome) outcome) {
    std::int64_t fence = 0;
    note([&] {
      fence = running_.at(job);
      running_.erase(job);
    });
    events_.finished({.job_id = job, .fence = fence, .outcome = std::move(outcome)});
    events_.capacity_freed();
  }
  void progress(JobId job, std::int64_t fence, int percent) {
    events_.progress(job, fence, percent, "Fitting", "");
  }

  void await_running(JobId job) {
    await_that([&] { return running_.contains(job); });
  }
  JobId await_any() {
    JobId any;
    await_that([&] {
      if (!running_.empty()) any = running_.begin()->first;
      return !running_.empty();
    });
    return any;
  }
  void await_cancelled(JobId job) {
    await_that([&] { return cancelled_.contains(job); });
  }
  void await_interrupted(JobId job) {
    await_that([&] { return interrupted_.contains(job); });
  }
  void await_abandoned(JobId job) {
    await_that([&] { return abandoned_.contains(job); });
  }
  void await_extended(JobId job) {
    await_that([&] { return extensions_[job] > 0; });
  }
  std::chrono::nanoseconds lease_of(JobId job) {
    const std::lock_guard lock(mutex_);
    return leases_.at(job);
  }
  int starts() {
    const std::lock_guard lock(mutex_);
    return starts_;
  }

 private:
  void note(auto what) {
    const std::lock_guard lock(mutex_);
    what();
    changed_.notify_all();
  }
  void await_that(auto holds) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, holds);
  }

  const int slots_;
  Events events_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<JobId, std::int64_t> running_;
  std::map<JobId, std::chrono::nanoseconds> leases_;
  std::set<JobId> cancelled_;
  std::set<JobId> interrupted_;
  std::set<JobId> abandoned_;
  std::map<JobId, int> extensions_;
  int starts_ = 0;
};

class JobRunnerTest : public testing::Test {
 protected:
  MemoryStore store;
  memory_store::MemoryDispatch line{store};
  memory_store::MemoryLog job_log;
  embedded_bus::EmbeddedBus bus{
      {.groups = {{ports::topics::train_requested, {"trainyard-workers"}}}}};
  FakeExecutor executor{2};
  JobRunnerOptions options{
      .worker_id = "worker-1", .drain = milliseconds(0), .interrupt_grace = milliseconds(0)};
  std::unique_ptr<JobRunner> runner;
  std::unique_ptr<Announcer> announcer;

  void open() {
    runner = std::make_unique<JobRunner>(log::Log(), RunnerStores{store, line, job_log}, bus,
                                         executor, options);
    runner->start();
  }
  void open_with_announcer() {
    open();
    announcer = std::make_unique<Announcer>(store, bus);
  }
  void TearDown() override { announcer.reset(); }

  JobId accept() {
    const domain::NewJob job{
        .id = JobId::make(), .config = "{}", .submit = true, .entry = domain::Entry::announced};
    EXPECT_TRUE(store.accept({&job, 1}).front());
    return job.id;
  }
  JobId accept_running() {
    const auto id = accept();
    executor.await_running(id);
    return id;
  }
  // Publishes and waits until the bus need not keep the message any more.
  std::jthread announce(JobId job, std::int64_t dispatch_no, std::latch& done) {
    return std::jthread([this, job, dispatch_no, &done] {
      const auto message = Announcer::message_for(job, dispatch_no);
      bus.publish({&message, 1}, [&done](std::size_t, const Result<void>& fate) {
        EXPECT_TRUE(fate);
        done.count_down();
      });
    });
  }
  void announce_and_await(JobId job, std::int64_t dispatch_no) {
    std::latch done(1);
    const auto thread = announce(job, dispatch_no, done);
    done.wait();
  }
};

TEST_F(JobRunnerTest, RunsAnAnnouncedJob) {
  open_with_announcer();
  const auto id = accept_running();
  EXPECT_EQ(store.get(id).value().lease->worker_id, "worker-1");
  executor.end(id, domain::Succeeded{.results = R"({"best_model":"naive"})"});
  store.await(id, JobStatus::completed);
  EXPECT_EQ(store.results(id).value_or(""), R"({"best_model":"naive"})");
}

TEST_F(JobRunnerTest, TakesNoMoreThanTheExecutorHasRoomFor) {
  open_with_announcer();
  const auto first = accept_running();
  const auto second = accept_running();
  const auto third = accept();
  executor.end(first, domain::Succeeded{});
  executor.await_running(third);
  executor.end(second, domain::Succeeded{});
  executor.end(third, domain::Succeeded{});
  store.await_completed(3);
}

TEST_F(JobRunnerTest, DropsDuplicateMessages) {
  open();
  const auto id = accept();
  for (int i = 0; i < 5; ++i)
    announce_and_await(id, 1);
  EXPECT_EQ(executor.starts(), 1);
  EXPECT_EQ(store.count_of(JobEvent::started), 1);
}

TEST_F(JobRunnerTest, DropsAMessageOfAnEarlierDispatch) {
  open();
  const auto id = accept();
  announce_and_await(id, 0);
  EXPECT_EQ(executor.starts(), 0);
  EXPECT_EQ(store.get(id).value().status, JobStatus::submitting);
}

TEST_F(JobRunnerTest, ParksAMessageForAnUnknownJob) {
  auto parked = bus.subscribe({.topics = {ports::topics::dead_letter}}).value();
  open();
  announce_and_await(JobId::make(), 1);
  const auto deliveries = parked->poll(1, std::chrono::seconds(60)).value();
  ASSERT_EQ(deliveries.size(), 1u);
  EXPECT_NE(deliveries.front().message.value.find("no such job"), std::string::npos);
}

TEST_F(JobRunnerTest, ParksWhatIsNoTrainRequested) {
  auto parked = bus.subscribe({.topics = {ports::topics::dead_letter}}).value();
  open();
  const ports::Message message{
      .topic = ports::topics::train_requested, .key = "k", .value = "not JSON"};
  bus.publish({&message, 1}, [](auto, const auto&) {});
  EXPECT_EQ(parked->poll(1, std::chrono::seconds(60)).value().size(), 1u);
}

TEST_F(JobRunnerTest, AMessageIsNotDoneBeforeItsClaimIsKnown) {
  open();
  const auto id = accept();
  store.set_outage(MemoryStore::Outage::in_doubt);
  std::latch done(1);
  const auto thread = announce(id, 1, done);
  store.await(id, JobStatus::running);  // committed, but nobody told the worker
  EXPECT_FALSE(done.try_wait());
  EXPECT_EQ(executor.starts(), 0);
  store.set_outage(MemoryStore::Outage::none);
  done.wait();
  executor.await_running(id);
  EXPECT_EQ(store.count_of(JobEvent::started), 1);
}

TEST_F(JobRunnerTest, ClaimsWhenTheStoreComesBack) {
  open();
  const auto id = accept();
  store.set_outage(MemoryStore::Outage::away);
  std::latch done(1);
  const auto thread = announce(id, 1, done);
  store.set_outage(MemoryStore::Outage::none);
  executor.await_running(id);
  done.wait();
}

TEST_F(JobRunnerTest, ALeaseCountsFromTheTryThatClaimedIt) {
  options.lease = milliseconds(50);
  open();
  const auto id = accept();
  store.set_outage(MemoryStore::Outage::away);
  std::latch done(1);
  const auto thread = announce(id, 1, done);
  // An outage that outlasts the lease.
  store.await_refusal_after(std::chrono::steady_clock::now() + 4 * options.lease);
  const auto back_at = runtime::boottime_now();
  store.set_outage(MemoryStore::Outage::none);
  executor.await_running(id);
  done.wait();
  EXPECT_GT(executor.lease_of(id), back_at);
}

TEST_F(JobRunnerTest, WritesTheEndWhenTheStoreComesBack) {
  open_with_announcer();
  const auto id = accept_running();
  store.set_outage(MemoryStore::Outage::away);
  executor.end(id, domain::Succeeded{.results = "{}"});
  store.set_outage(MemoryStore::Outage::none);
  store.await(id, JobStatus::completed);
}

TEST_F(JobRunnerTest, AnEndInDoubtIsWrittenOnce) {
  open_with_announcer();
  const auto id = accept_running();
  store.set_outage(MemoryStore::Outage::in_doubt);
  executor.end(id, domain::Succeeded{.results = "{}"});
  store.await(id, JobStatus::completed);
  store.set_outage(MemoryStore::Outage::none);
  const auto next = accept_running();
  executor.end(next, domain::Succeeded{.results = "{}"});
  store.await(next, JobStatus::completed);
  EXPECT_EQ(store.count_of(JobEvent::completed), 2);
}

TEST_F(JobRunnerTest, ALostLeaseKillsTheWorkAndWritesNothing) {
  options.lease = milliseconds(150);
  open_with_announcer();
  const auto id = accept_running();
  const auto job = store.get(id).value();
  // Another took the job: the reaper rescued it while this worker was cut off.
  store.advance(std::chrono::hours(1));
  const domain::JobCommand rescue =
      domain::Rescue{.job_id = id, .fence = job.fence, .renewals = job.lease->renewals};
  if (store.apply({&rescue, 1}).front()) {
    executor.await_abandoned(id);
    EXPECT_EQ(store.count_of(JobEvent::completed), 0);
  }
}

TEST_F(JobRunnerTest, ALeaseThatCannotBeRenewedEndsByTheWorkersOwnClock) {
  options.lease = milliseconds(150);
  open_with_announcer();
  const auto id = accept_running();
  store.set_outage(MemoryStore::Outage::away);
  executor.await_abandoned(id);
}

TEST_F(JobRunnerTest, RenewsInTime) {
  options.lease = milliseconds(150);
  open_with_announcer();
  const auto id = accept_running();
  executor.await_extended(id);
  store.await(id, [](const auto& job) { return job.lease && job.lease->renewals >= 3; });
  EXPECT_EQ(store.get(id).value().fence, 1);
}

TEST_F(JobRunnerTest, ARenewalBringsTheCancel) {
  options.lease = milliseconds(150);
  open_with_announcer();
  const auto id = accept_running();
  const domain::JobCommand cancel = domain::Cancel{id};
  ASSERT_TRUE(store.apply({&cancel, 1}).front());
  executor.await_cancelled(id);
  executor.end(id, domain::Stopped{});
  store.await(id, JobStatus::cancelled);
}

TEST_F(JobRunnerTest, AStopThatNobodyAskedTheStoreForHandsBack) {
  open_with_announcer();
  const auto id = accept_running();
  executor.end(id, domain::Stopped{});
  executor.await_running(id);
  EXPECT_EQ(store.count_of(JobEvent::requeued), 1);
}

TEST_F(JobRunnerTest, AnIdleWorkerClaimsAJobWhoseMessageGotLost) {
  options.direct_claim_interval = milliseconds(50);
  options.unclaimed_age = milliseconds(0);
  open();
  const auto id = accept();
  executor.await_running(id);
}

TEST_F(JobRunnerTest, AWorkerThatStartsClaimsAllThatNobodyTookRoomByRoom) {
  options.direct_claim_interval = std::chrono::hours(1);
  options.unclaimed_age = std::chrono::hours(1);
  std::vector<JobId> lost;
  for (int i = 0; i < 5; ++i)
    lost.push_back(accept());
  store.advance(std::chrono::hours(2));
  open();
  for (std::size_t i = 0; i < lost.size(); ++i)
    executor.end(executor.await_any(), domain::Succeeded{});
  store.await_completed(lost.size());
}

TEST_F(JobRunnerTest, PassesOnProgressUnderItsFenceOnly) {
  auto watcher = bus.subscribe({.topics = {ports::topics::job_events}}).value();
  open_with_announcer();
  const auto id = accept_running();
  executor.progress(id, 0, 99);
  executor.progress(id, 1, 42);
  store.await(id, [](const auto& job) { return job.progress == 42; });
  const auto deliveries = watcher->poll(10, std::chrono::seconds(60)).value();
  ASSERT_EQ(deliveries.size(), 1u);
  EXPECT_TRUE(wire::parse_cloud_event(deliveries.front().message.value));
}

TEST_F(JobRunnerTest, StopHandsBackWhatRuns) {
  open_with_announcer();
  const auto id = accept_running();
  announcer.reset();
  runner->stop();
  const auto job = store.get(id).value();
  EXPECT_EQ(job.status, JobStatus::submitting);
  EXPECT_EQ(job.interruptions, 1);
  EXPECT_EQ(job.retry_count, 0);
}

TEST_F(JobRunnerTest, StopLetsALongTrainingKeepWhatItHas) {
  options.interrupt_grace = std::chrono::hours(1);
  open_with_announcer();
  const auto id = accept_running();
  announcer.reset();
  std::jthread stopping([this] { runner->stop(); });
  executor.await_interrupted(id);
  executor.end(id, domain::HandedBack{});
  stopping.join();
  const auto job = store.get(id).value();
  EXPECT_EQ(job.status, JobStatus::submitting);
  EXPECT_EQ(job.interruptions, 1);
}

TEST_F(JobRunnerTest, StopIsLegalTwiceAndBeforeStart) {
  runner = std::make_unique<JobRunner>(log::Log(), RunnerStores{store, line, job_log}, bus,
                                       executor, options);
  runner->stop();
  runner->start();
  runner->stop();
  runner->stop();
}

TEST(WorkerId, IsUniquePerBoot) {
  EXPECT_NE(make_worker_id(), make_worker_id());
}

}  // namespace
}  // namespace trainyard::runner

#include "api/control/leader.hpp"
#include "api/control/reaper.hpp"
#include "tests/unit/control/fake_store.hpp"

#include <gmock/gmock.h>

#include <atomic>

namespace trainyard::control {
namespace {

using testing::FakeStore;

constexpr runtime::Backoff quick{.first = milliseconds(1), .last = milliseconds(5)};

ports::LeaseSnapshot lease(JobId job, std::int64_t fence, std::int64_t renewals) {
  return {.job_id = job, .fence = fence, .renewals = renewals, .worker_id = "w"};
}

TEST(LeaseWatch, GivesUpALeaseThatStaysTheSameForAWholeLease) {
  LeaseWatch watch(milliseconds(100));
  const auto job = JobId::make();
  const LeaseWatch::TimePoint start{};
  EXPECT_TRUE(watch.observe(std::array{lease(job, 1, 5)}, start).empty());
  EXPECT_EQ(watch.next_due(), start + milliseconds(100));
  EXPECT_TRUE(watch.observe(std::array{lease(job, 1, 5)}, start + milliseconds(99)).empty());
  EXPECT_EQ(watch.observe(std::array{lease(job, 1, 5)}, start + milliseconds(100)).size(), 1u);
}

TEST(LeaseWatch, StartsAgainWhenALeaseMoves) {
  LeaseWatch watch(milliseconds(100));
  const auto job = JobId::make();
  const LeaseWatch::TimePoint start{};
  watch.observe(std::array{lease(job, 1, 5)}, start);
  EXPECT_TRUE(watch.observe(std::array{lease(job, 1, 6)}, start + milliseconds(100)).empty());
  EXPECT_TRUE(watch.observe(std::array{lease(job, 2, 6)}, start + milliseconds(200)).empty());
  watch.observe({}, start + milliseconds(250));
  EXPECT_TRUE(watch.observe(std::array{lease(job, 2, 6)}, start + milliseconds(300)).empty());
}

TEST(Reaper, RescuesWhatItSawUnderTheFenceItSaw) {
  FakeStore store;
  const auto job = JobId::make();
  store.expired = {lease(job, 3, 9)};
  Reaper reaper(log::Log(), store,
                {.lease = milliseconds(20), .interval = milliseconds(5), .backoff = quick});
  reaper.start();
  ASSERT_TRUE(store.eventually([](FakeStore& s) { return !s.applied.empty(); }));
  reaper.stop();
  const auto& rescue = std::get<domain::Rescue>(store.applied.at(0));
  EXPECT_EQ(rescue.job_id, job);
  EXPECT_EQ(rescue.fence, 3);
  EXPECT_EQ(rescue.renewals, 9);
}

struct CountedLoop final : runtime::Lifecycle {
  explicit CountedLoop(std::atomic<int>& count) : running(count) {}
  void start() override { ++running; }
  void stop() override { --running; }
  std::atomic<int>& running;
};

TEST(Leader, RunsTheLoopsInOneInstanceAtATime) {
  FakeStore store;
  std::atomic<int> running_here = 0;
  std::atomic<int> running_there = 0;
  const auto loops_of = [](std::atomic<int>& count) {
    return [&count] {
      Leader::Loops loops;
      loops.push_back(std::make_unique<CountedLoop>(count));
      return loops;
    };
  };
  Leader here(log::Log(), store, {.instance = "here", .ttl = milliseconds(15), .backoff = quick},
              loops_of(running_here));
  Leader there(log::Log(), store, {.instance = "there", .ttl = milliseconds(15), .backoff = quick},
               loops_of(running_there));
  here.start();
  while (running_here == 0)
    std::this_thread::yield();
  there.start();
  EXPECT_EQ(running_there, 0);
  store.change([](FakeStore& s) { s.elected = "there"; });
  while (running_here == 1 || running_there == 0)
    std::this_thread::yield();
  there.stop();
  EXPECT_EQ(running_there, 0);
  here.stop();
  here.stop();
  EXPECT_EQ(running_here, 0);
}

TEST(Leader, LeavesOfficeWhenItCannotRenew) {
  FakeStore store;
  std::atomic<int> running = 0;
  Leader leader(log::Log(), store, {.instance = "a", .ttl = milliseconds(15), .backoff = quick},
                [&running] {
                  Leader::Loops loops;
                  loops.push_back(std::make_unique<CountedLoop>(running));
                  return loops;
                });
  leader.start();
  while (running == 0)
    std::this_thread::yield();
  store.set_away(true);
  while (running == 1)
    std::this_thread::yield();
  store.set_away(false);
  while (running == 0)
    std::this_thread::yield();
}

}  // namespace
}  // namespace trainyard::control

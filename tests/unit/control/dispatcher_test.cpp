#include "api/control/dispatcher.hpp"

#include "tests/support/memory_store/memory_dispatch.hpp"

#include <gtest/gtest.h>

namespace trainyard::control {
namespace {

using memory_store::MemoryDispatch;
using memory_store::MemoryStore;
using std::chrono::hours;

constexpr runtime::Backoff quick{.first = milliseconds(1), .last = milliseconds(5)};

class DispatcherTest : public ::testing::Test {
 protected:
  DispatcherTest() { offer(100); }

  void offer(int slots) {
    ASSERT_TRUE(line.report({.worker_id = "w", .slots = slots, .appetite = slots}));
  }
  JobId accept(domain::JobOptions options = {}, std::string user = "ann") {
    const domain::NewJob job{.id = JobId::make(),
                             .user_id = std::move(user),
                             .config = "{}",
                             .options = std::move(options),
                             .submit = true};
    EXPECT_TRUE(store.accept({&job, 1}).front());
    return job.id;
  }
  void start(DispatcherOptions options) {
    dispatcher =
        std::make_unique<Dispatcher>(log::Log(), line, store, system_clock(), std::move(options));
    dispatcher->start();
  }
  void await_announced(JobId id) {
    store.await(id, [](const auto& job) { return job.admitted_at.has_value(); });
  }

  MemoryStore store;
  MemoryDispatch line{store};
  std::unique_ptr<Dispatcher> dispatcher;
};

TEST_F(DispatcherTest, AnnouncesWhatIsDue) {
  const auto id = accept();
  start({.rescan = hours(1)});
  await_announced(id);
}

TEST_F(DispatcherTest, WakesWhenTheNextJobIsDue) {
  const auto id = accept({.run_at = system_clock().now() + milliseconds(30)});
  start({.rescan = hours(1), .backoff = quick});
  await_announced(id);
}

TEST_F(DispatcherTest, LooksAgainWhenAJobIsExpectedSooner) {
  start({.rescan = hours(1), .backoff = quick});
  await_announced([&] {
    const auto id = accept();
    dispatcher->expect(system_clock().now());
    return id;
  }());
}

TEST_F(DispatcherTest, LooksAgainWhenThereIsRoom) {
  offer(0);
  const auto first = accept();
  const auto second = accept();
  start({.rescan = hours(1), .retry_room = hours(1), .backoff = quick});
  await_announced(first);
  offer(5);
  dispatcher->room_changed();
  await_announced(second);
}

TEST_F(DispatcherTest, LooksAgainWhenAJobEndsThatOthersUnderItsLimitWaitFor) {
  ASSERT_TRUE(line.put_limit({.scope = domain::LimitScope::user, .name = "ann", .concurrency = 1}));
  const auto first = accept();
  const auto second = accept();
  start({.rescan = hours(1), .retry_room = hours(1), .backoff = quick});
  await_announced(first);
  const std::vector<domain::JobCommand> cancel{domain::Cancel{first}};
  ASSERT_TRUE(store.apply(cancel).front());
  dispatcher->room_changed();
  await_announced(second);
}

TEST_F(DispatcherTest, AnnouncesAsManyAsThereIsRoomForWhateverLimitsHoldOthersBack) {
  ASSERT_TRUE(line.put_limit({.scope = domain::LimitScope::user, .name = "bob", .concurrency = 1}));
  offer(500);
  std::vector<JobId> all;
  for (int i = 0; i < 300; ++i)
    all.push_back(accept());
  start({.rescan = hours(1), .retry_room = hours(1), .backoff = quick});
  for (const auto id : all)
    await_announced(id);
}

TEST_F(DispatcherTest, HasForgottenJobsAnnouncedAgain) {
  start({.rescan = milliseconds(5),
         .announce_age = milliseconds(1),
         .announce_interval = milliseconds(5),
         .backoff = quick});
  const auto id = accept();
  dispatcher->expect(system_clock().now());
  await_announced(id);
  std::vector<std::int64_t> told;
  while (told.size() < 2) {
    ASSERT_TRUE(store.await_outbox(milliseconds(100)));
    const auto entries = store.outbox(100);
    std::vector<std::int64_t> done;
    for (const auto& entry : *entries) {
      done.push_back(entry.id);
      if (entry.dispatch_no) told.push_back(*entry.dispatch_no);
    }
    ASSERT_TRUE(store.outbox_done(done));
  }
  EXPECT_EQ(told[0], told[1]);
}

TEST_F(DispatcherTest, LivesThroughAnOutageOfTheStore) {
  const auto id = accept();
  store.set_outage(MemoryStore::Outage::away);
  start({.rescan = hours(1), .backoff = quick});
  store.await_refusal_after({});
  store.set_outage(MemoryStore::Outage::none);
  await_announced(id);
}

}  // namespace
}  // namespace trainyard::control

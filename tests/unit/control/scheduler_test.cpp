#include "api/control/scheduler.hpp"

#include "common/adapters/sqlite/sqlite_store.hpp"
#include "common/adapters/tzdb/find_zone.hpp"
#include "tests/support/test_folder.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <set>

namespace trainyard::control {
namespace {

using namespace std::chrono_literals;

class SetClock final : public Clock {
 public:
  TimePoint now() const override { return now_.load(); }
  std::atomic<TimePoint> now_{*from_iso8601("2026-03-01T12:00:00Z")};
};

class SchedulerTest : public ::testing::Test {
 protected:
  SchedulerTest()
      : store_(sqlite::make_definition_store(
            *sqlite::open_database({.path = folder_.path() / "jobs.db"}))) {}

  std::unique_ptr<Scheduler> scheduler() {
    return std::make_unique<Scheduler>(
        log::Log(), *store_, clock_,
        SchedulerOptions{.start = [this](const wire::TrainingOrder& order) { return start(order); },
                         .find_zone = tzdb::find_zone,
                         .rescan = 1ms,
                         .backoff = {.first = 1ms, .last = 1ms}});
  }
  Result<std::string> start(const wire::TrainingOrder& order) {
    const std::lock_guard lock(mutex_);
    started_.push_back(order.cause.id);
    changed_.notify_all();
    if (failure_) return fail(*failure_);
    return "batch-of-" + order.cause.id;
  }
  std::vector<std::string> started() {
    const std::lock_guard lock(mutex_);
    return started_;
  }
  bool await_started(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 20s, [&] { return started_.size() >= count; });
  }
  void put(const std::string& spec, const char* due = "2026-03-01T12:00:00Z") {
    ASSERT_TRUE(store_
                    ->put({.kind = ports::DefinitionKind::schedule,
                           .name = "s",
                           .user_id = "ada",
                           .spec = spec,
                           .due_at = *from_iso8601(due)},
                          {})
                    .has_value());
  }
  ports::Definition schedule() { return *store_->get(ports::DefinitionKind::schedule, "s"); }
  std::vector<ports::Decision> await_decisions(std::size_t count) {
    for (const auto until = std::chrono::steady_clock::now() + 20s;
         std::chrono::steady_clock::now() < until; std::this_thread::yield()) {
      auto decisions = *store_->decisions(ports::DefinitionKind::schedule, "s", {}, 100);
      if (decisions.size() >= count) return decisions;
    }
    ADD_FAILURE() << "the decisions never came";
    return std::vector<ports::Decision>(count);
  }

  tests::TestFolder folder_;
  SetClock clock_;
  std::unique_ptr<ports::DefinitionStore> store_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> started_;
  std::optional<Error> failure_;
};

TEST_F(SchedulerTest, FiresWhatIsDueAndMovesOn) {
  put(R"({"cron":"0 12 * * *"})");
  const auto one = scheduler();
  one->start();
  const auto decisions = await_decisions(1);
  EXPECT_EQ(started(), std::vector<std::string>{"s@2026-03-01T12:00:00Z"});
  EXPECT_EQ(decisions[0].outcome, "fired");
  EXPECT_NE(decisions[0].data.find("batch-of-s@2026-03-01T12:00:00Z"), std::string::npos);
  EXPECT_EQ(schedule().due_at, *from_iso8601("2026-03-02T12:00:00Z"));
  clock_.now_ = *from_iso8601("2026-03-02T12:00:01Z");
  ASSERT_TRUE(await_started(2));
}

TEST_F(SchedulerTest, TwoOfThemStartNoMoreCausesThanOne) {
  put(R"({"cron":"0 * * * *","misfire":"run_all","catch_up":50})", "2026-02-28T00:00:00Z");
  const auto one = scheduler();
  const auto two = scheduler();
  one->start();
  two->start();
  await_decisions(37);
  one->stop();
  two->stop();
  const auto all = started();
  const std::set<std::string> causes(all.begin(), all.end());
  EXPECT_EQ(causes.size(), 37U);
  EXPECT_EQ(await_decisions(37).size(), 37U) << "who came second wrote nothing";
}

TEST_F(SchedulerTest, TriesAgainWhileTheStoreOfJobsIsAway) {
  put(R"({"cron":"0 12 * * *"})");
  failure_ = Error{.code = Errc::unavailable, .detail = "away"};
  const auto one = scheduler();
  one->start();
  ASSERT_TRUE(await_started(3));
  EXPECT_EQ(schedule().revision, 1);
  {
    const std::lock_guard lock(mutex_);
    failure_.reset();
  }
  await_decisions(1);
  const auto all = started();
  const std::set<std::string> causes(all.begin(), all.end());
  EXPECT_EQ(causes.size(), 1U) << "the same cause each time";
}

TEST_F(SchedulerTest, RecordsWhyItCouldNotStartAndMovesOn) {
  put(R"({"cron":"0 12 * * *"})");
  failure_ = Error{.code = Errc::not_found, .detail = "there is no template 't'"};
  const auto one = scheduler();
  one->start();
  const auto decisions = await_decisions(1);
  EXPECT_EQ(decisions[0].outcome, "failed");
  EXPECT_EQ(decisions[0].reason, "there is no template 't'");
  EXPECT_EQ(schedule().due_at, *from_iso8601("2026-03-02T12:00:00Z"));
}

TEST_F(SchedulerTest, RecordsWhatItLeftOut) {
  put(R"({"cron":"0 * * * *","misfire":"skip"})", "2026-03-01T09:00:00Z");
  clock_.now_ = *from_iso8601("2026-03-01T12:30:00Z");
  const auto one = scheduler();
  one->start();
  const auto decisions = await_decisions(1);
  EXPECT_EQ(decisions[0].outcome, "skipped");
  EXPECT_EQ(decisions[0].data, R"({"occurrences":4})");
  EXPECT_TRUE(started().empty());
}

TEST_F(SchedulerTest, PutsASpecAsideThatItCannotRead) {
  put(R"({"cron":"never"})");
  const auto one = scheduler();
  one->start();
  EXPECT_EQ(await_decisions(1)[0].outcome, "failed");
  EXPECT_EQ(schedule().due_at, std::nullopt);
}

}  // namespace
}  // namespace trainyard::control

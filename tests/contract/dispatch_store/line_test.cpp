#include "api/control/admit.hpp"
#include "tests/contract/dispatch_store/dispatch_store_contract.hpp"

#include <thread>

namespace trainyard::ports {
namespace {

using domain::LimitScope;
using std::chrono::hours;

TEST_P(DispatchStoreContract, AnnouncesWhatTheWorkersHaveRoomForAndOneMore) {
  offer(2);
  const auto ids = submit_many(5, "ann");
  EXPECT_EQ(admit(), 3);
  EXPECT_TRUE(is_announced(ids[0]));
  EXPECT_FALSE(is_announced(ids[3]));
  EXPECT_EQ(admit(), 0);
  run(ids[0]);
  EXPECT_EQ(admit(), 0);
  succeed(ids[0]);
  EXPECT_EQ(admit(), 1);
  EXPECT_TRUE(is_announced(ids[3]));
}

TEST_P(DispatchStoreContract, KeepsMoreOnTheWayToWorkersThatAreFedAhead) {
  offer(2, 10);
  submit_many(100, "ann");
  EXPECT_EQ(admit(), 10 + 1 + 4 * 8);
}

TEST_P(DispatchStoreContract, TakesPrioritiesFirst) {
  offer(1);
  const auto low = submit("ann", {}, -3);
  const auto normal = submit("ann");
  const auto high = submit("ann", {}, 5);
  EXPECT_EQ(admit(2), 2);
  EXPECT_TRUE(is_announced(high));
  EXPECT_TRUE(is_announced(normal));
  EXPECT_FALSE(is_announced(low));
}

TEST_P(DispatchStoreContract, GivesAUserWithFewJobsTheirTurn) {
  offer(4);
  const auto flood = submit_many(50, "ann");
  const auto few = submit_many(2, "bob");
  EXPECT_EQ(admit(), 5);
  EXPECT_EQ(announced_of(few), 2);
  EXPECT_EQ(announced_of(flood), 3);
}

TEST_P(DispatchStoreContract, LeavesWhatIsNotDueInLine) {
  offer(10);
  const auto later = submit("ann", {.run_at = system_clock().now() + hours(1)});
  const auto now = submit("ann");
  EXPECT_EQ(admit(), 1);
  EXPECT_TRUE(is_announced(now));
  EXPECT_FALSE(is_announced(later));
  EXPECT_EQ(*jobs().next_due(), job(later).next_attempt_at);
}

TEST_P(DispatchStoreContract, KeepsConcurrencyLimitsAcrossRounds) {
  offer(100);
  auto limit = limit_on(LimitScope::key, "licence");
  limit.concurrency = 2;
  ASSERT_TRUE(line().put_limit(limit));
  const auto capped = submit_many(5, "ann", {.key = "licence"});
  const auto free = submit_many(3, "ann");
  EXPECT_EQ(admit(), 5);
  EXPECT_EQ(announced_of(capped), 2);
  EXPECT_EQ(announced_of(free), 3);
  run(capped[0]);
  EXPECT_EQ(admit(), 0);
  succeed(capped[0]);
  EXPECT_EQ(admit(), 1);
}

TEST_P(DispatchStoreContract, GivesASlotBackWhenItsHolderIsGone) {
  offer(100);
  auto limit = limit_on(LimitScope::user, "ann");
  limit.concurrency = 1;
  ASSERT_TRUE(line().put_limit(limit));
  const auto ids = submit_many(2, "ann");
  EXPECT_EQ(admit(), 1);
  const auto running = run(ids[0]);
  const domain::JobCommand failed = domain::Finish{
      .job_id = ids[0],
      .fence = running.fence,
      .outcome = domain::Failed{.error = {.code = Errc::unavailable, .detail = "away"},
                                .policy = {.delay = hours(1)}}};
  ASSERT_TRUE(jobs().apply({&failed, 1}).front());
  EXPECT_EQ(admit(), 1);
  EXPECT_TRUE(is_announced(ids[1]));
}

TEST_P(DispatchStoreContract, SpendsARateAcrossRounds) {
  offer(100);
  auto limit = limit_on(LimitScope::queue, "default");
  limit.rate = domain::Rate{.jobs = 1, .period = hours(1), .burst = 3};
  ASSERT_TRUE(line().put_limit(limit));
  submit_many(10, "ann");
  EXPECT_EQ(admit(), 3);
  const auto again = control::admit(line(), jobs(), 100);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->jobs, 0);
  ASSERT_TRUE(again->next_at);
  EXPECT_GT(*again->next_at, system_clock().now() + std::chrono::minutes(50));
  EXPECT_LT(*again->next_at, system_clock().now() + std::chrono::minutes(61));
}

TEST_P(DispatchStoreContract, HoldsBackWhatIsPaused) {
  offer(100);
  auto pause = limit_on(LimitScope::queue, "databricks");
  pause.paused_until = domain::Limit::until_resumed;
  pause.reason = "the workspace answers 429";
  ASSERT_TRUE(line().put_limit(pause));
  submit("ann", {.queue = "databricks"});
  const auto local = submit("ann");
  EXPECT_EQ(admit(), 1);
  EXPECT_TRUE(is_announced(local));
  pause.paused_until.reset();
  ASSERT_TRUE(line().put_limit(pause));
  EXPECT_EQ(admit(), 1);
}

TEST_P(DispatchStoreContract, NamesWhatIsAnnouncedUnderALimit) {
  offer(100);
  const auto meant = submit_many(2, "ann", {.key = "k"});
  submit("ann");
  EXPECT_EQ(admit(), 3);
  run(meant[0]);
  const auto announced = line().announced(LimitScope::key, "k");
  ASSERT_EQ(announced->size(), 1U);
  EXPECT_EQ(announced->front().id, meant[1]);
  EXPECT_EQ(announced->front().dispatch_no, job(meant[1]).dispatch_no);
  EXPECT_EQ(line().announced(LimitScope::key, "*")->size(), 2U);
}

TEST_P(DispatchStoreContract, CountsTheBacklogUpToABound) {
  submit_many(3, "ann", {.queue = "gpu"});
  submit("bob", {.queue = "gpu", .run_at = system_clock().now() + hours(1)});
  submit("bob");
  EXPECT_EQ(line().backlog(LimitScope::queue, "gpu", 100), 4);
  EXPECT_EQ(line().backlog(LimitScope::user, "ann", 100), 3);
  EXPECT_EQ(line().backlog(LimitScope::queue, "gpu", 2), 2);
}

TEST_P(DispatchStoreContract, TellsAJobItsPlace) {
  const auto others = submit_many(3, "ann");
  submit("bob");
  const auto mine = submit("ann", {.key = "k"});
  const auto next = submit("ann", {.key = "k"});
  const auto place = line().place(job(next), 100);
  ASSERT_TRUE(place);
  EXPECT_EQ(place->ahead_in_lane, 1);
  EXPECT_EQ(place->ahead_of_user, 4);
  EXPECT_EQ(place->users_in_line, 2);
  EXPECT_EQ(line().place(job(mine), 100)->ahead_in_lane, 0);
  EXPECT_EQ(line().place(job(next), 2)->ahead_of_user, 2);
}

TEST_P(DispatchStoreContract, CountsCapacity) {
  EXPECT_EQ(line().capacity()->workers, 0);
  offer(3, 4);
  const auto ids = submit_many(9, "ann");
  EXPECT_EQ(line().capacity()->due, 1);
  EXPECT_EQ(admit(2), 2);
  run(ids[0]);
  const auto capacity = line().capacity();
  EXPECT_EQ(capacity->workers, 1);
  EXPECT_EQ(capacity->slots, 3);
  EXPECT_EQ(capacity->appetite, 4);
  EXPECT_EQ(capacity->running, 1);
  EXPECT_EQ(capacity->announced, 1);
  EXPECT_EQ(capacity->room(), 4 + 5 - 2);
}

TEST_P(DispatchStoreContract, NeverAnnouncesTooManyFromTwoDispatchersAtOnce) {
  offer(1'000);
  auto limit = limit_on(LimitScope::user, "ann");
  limit.concurrency = 7;
  ASSERT_TRUE(line().put_limit(limit));
  const auto ids = submit_many(40, "ann");
  {
    std::vector<std::jthread> dispatchers;
    for (int i = 0; i < 4; ++i)
      dispatchers.emplace_back([this] { admit(); });
  }
  EXPECT_EQ(announced_of(ids), 7);
}

}  // namespace
}  // namespace trainyard::ports

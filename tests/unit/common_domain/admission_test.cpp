#include "common/domain/admission.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace trainyard::domain {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr TimePoint noon = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1) + hours(12);

Lane lane(std::string user, std::string key = "", std::string queue = "default") {
  return {.queue = std::move(queue), .user_id = std::move(user), .key = std::move(key)};
}

WaitingLane waiting(Lane where, int jobs, TimePoint first = noon) {
  WaitingLane line{.lane = std::move(where), .jobs = {}};
  for (int i = 0; i < jobs; ++i)
    line.jobs.push_back({.id = JobId::make(), .dispatch_no = i, .rank = first + seconds(i)});
  return line;
}

Limit limit(LimitScope scope, std::string name) {
  Limit made;
  made.scope = scope;
  made.name = std::move(name);
  return made;
}

Limit at_most(LimitScope scope, std::string name, int concurrency) {
  auto made = limit(scope, std::move(name));
  made.concurrency = concurrency;
  return made;
}

struct World {
  std::vector<WaitingLane> lanes;
  std::vector<BusyLane> busy = {};
  std::vector<Limit> limits = {};
  int room = 1'000;
  TimePoint now = noon + hours(1);
  Buckets buckets = {};

  AdmissionAnswer choose_now() {
    return choose({.waiting = lanes, .busy = busy, .limits = limits, .room = room, .now = now},
                  buckets);
  }
  // How many of each lane are admitted.
  std::vector<int> shares() {
    const auto admitted = choose_now().admitted;
    std::vector<int> counts;
    for (const auto& line : lanes) {
      counts.push_back(static_cast<int>(std::ranges::count_if(admitted, [&](const auto& job) {
        return std::ranges::find(line.jobs, job.id, &WaitingJob::id) != line.jobs.end();
      })));
    }
    return counts;
  }
};

TEST(Admission, TakesNoMoreThanThereIsRoomForAndTheFirstInLine) {
  World world{.lanes = {waiting(lane("ann"), 10)}, .room = 3};
  const auto admitted = world.choose_now().admitted;
  ASSERT_EQ(admitted.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_EQ(admitted[i].id, world.lanes[0].jobs[i].id);
}

TEST(Admission, SharesRoomBetweenUsersHoweverManyTheyWaitFor) {
  World world{.lanes = {waiting(lane("ann"), 10'000), waiting(lane("bob"), 10, noon + hours(1))},
              .room = 8};
  EXPECT_EQ(world.shares(), (std::vector{4, 4}));
}

TEST(Admission, CountsWhatAUserHasRunning) {
  World world{.lanes = {waiting(lane("ann"), 10), waiting(lane("bob"), 10)},
              .busy = {{lane("ann", "k"), 3}},
              .room = 5};
  EXPECT_EQ(world.shares(), (std::vector{1, 4}));
}

TEST(Admission, OrdersOneUsersLanesByRank) {
  World world{.lanes = {waiting(lane("ann", "late"), 5, noon + minutes(1)),
                        waiting(lane("ann", "early"), 5, noon)},
              .room = 5};
  EXPECT_EQ(world.shares(), (std::vector{0, 5}));
}

TEST(Admission, LetsALowPriorityAge) {
  const auto old_and_low = rank_of(noon, -5);
  EXPECT_GT(old_and_low, rank_of(noon + minutes(4), 0));
  EXPECT_LT(old_and_low, rank_of(noon + minutes(6), 0));
}

TEST(Admission, KeepsAConcurrencyLimitOnEveryScope) {
  for (const auto scope : {LimitScope::queue, LimitScope::user, LimitScope::key}) {
    World world{.lanes = {waiting(lane("ann", "k", "gpu"), 10)},
                .busy = {{lane("ann", "k", "gpu"), 2}},
                .limits = {at_most(scope, lane("ann", "k", "gpu").name_of(scope), 5)}};
    EXPECT_EQ(world.shares(), (std::vector{3})) << to_string(scope);
  }
}

TEST(Admission, AppliesEveryonesLimitToEachNameByItself) {
  World world{.lanes = {waiting(lane("ann"), 10), waiting(lane("bob"), 10)},
              .limits = {at_most(LimitScope::user, "*", 2), at_most(LimitScope::user, "bob", 4)}};
  EXPECT_EQ(world.shares(), (std::vector{2, 4}));
}

TEST(Admission, PassesByWhatIsHeldBack) {
  World world{.lanes = {waiting(lane("ann", "full"), 1'000),
                        waiting(lane("ann", "free"), 2, noon + hours(5))},
              .limits = {at_most(LimitScope::key, "full", 0)}};
  EXPECT_EQ(world.shares(), (std::vector{0, 2}));
}

TEST(Admission, TellsWhetherAnEndWouldLetMoreIn) {
  World world{.lanes = {waiting(lane("ann"), 3)}, .limits = {at_most(LimitScope::user, "ann", 2)}};
  EXPECT_TRUE(world.choose_now().waits_for_an_end);
  world.limits = {at_most(LimitScope::user, "ann", 3)};
  EXPECT_FALSE(world.choose_now().waits_for_an_end);
  world.limits = {limit(LimitScope::user, "ann")};
  world.limits[0].paused_until = Limit::until_resumed;
  EXPECT_FALSE(world.choose_now().waits_for_an_end) << "no end ends a pause";
}

TEST(Admission, HoldsBackWhatIsPausedUntilItsTime) {
  auto pause = limit(LimitScope::queue, "default");
  pause.paused_until = noon + hours(2);
  World world{.lanes = {waiting(lane("ann"), 1)}, .limits = {pause}};
  const auto answer = world.choose_now();
  EXPECT_TRUE(answer.admitted.empty());
  EXPECT_EQ(answer.next_at, pause.paused_until);
  world.now = noon + hours(2);
  EXPECT_EQ(world.shares(), (std::vector{1}));
}

TEST(Admission, ExpectsNothingOfAPauseWithoutAnEnd) {
  auto pause = limit(LimitScope::user, "ann");
  pause.paused_until = Limit::until_resumed;
  World world{.lanes = {waiting(lane("ann"), 1)}, .limits = {pause}};
  EXPECT_FALSE(world.choose_now().next_at);
}

TEST(Admission, SpendsTokensAndSaysWhenTheNextOneIsThere) {
  auto slow = limit(LimitScope::key, "api");
  slow.rate = Rate{.jobs = 2, .period = seconds(10), .burst = 3};
  World world{.lanes = {waiting(lane("ann", "api"), 100)}, .limits = {slow}};
  const auto first = world.choose_now();
  EXPECT_EQ(first.admitted.size(), 3U);
  EXPECT_EQ(first.next_at, world.now + seconds(5));
  world.now += seconds(4);
  EXPECT_EQ(world.shares(), (std::vector{0}));
  world.now += seconds(6);
  EXPECT_EQ(world.shares(), (std::vector{2}));
  world.now += hours(1);
  EXPECT_EQ(world.shares(), (std::vector{3}));
}

TEST(Admission, StandsAClockThatStepsBack) {
  auto slow = limit(LimitScope::key, "api");
  slow.rate = Rate{.jobs = 1, .period = seconds(1), .burst = 1};
  World world{.lanes = {waiting(lane("ann", "api"), 100)}, .limits = {slow}};
  world.choose_now();
  world.now -= hours(1);
  EXPECT_EQ(world.shares(), (std::vector{0}));
  world.now += seconds(1);
  EXPECT_EQ(world.shares(), (std::vector{1}));
}

// Whatever waits, runs and is limited: no limit is overrun, and room is left only when nothing more
// may go.
TEST(Admission, NeverOverrunsALimitNorWastesRoom) {
  std::mt19937 random(7);
  const auto roll = [&](int sides) {
    return static_cast<int>(random() % static_cast<unsigned>(sides));
  };
  for (int round = 0; round < 2'000; ++round) {
    World world{.lanes = {}, .room = roll(30)};
    for (int i = roll(8); i >= 0; --i) {
      const Lane where = lane("u" + std::to_string(roll(3)), roll(2) == 0 ? "" : "k",
                              "q" + std::to_string(roll(2)));
      if (std::ranges::find(world.lanes, where, &WaitingLane::lane) != world.lanes.end()) continue;
      world.lanes.push_back(waiting(where, 1 + roll(10), noon + seconds(roll(100))));
      if (roll(2) == 0) world.busy.push_back({where, roll(4)});
    }
    for (const auto scope : {LimitScope::queue, LimitScope::user, LimitScope::key}) {
      if (roll(2) == 0) world.limits.push_back(at_most(scope, "*", roll(8)));
    }
    const auto admitted = world.choose_now().admitted;
    ASSERT_LE(std::ssize(admitted), world.room);
    InFlight after(world.busy);
    bool more = false;
    for (auto& line : world.lanes) {
      const auto gone = std::ranges::count_if(line.jobs, [&](const auto& job) {
        return std::ranges::find(admitted, job.id, &WaitingJob::id) != admitted.end();
      });
      after.add(line.lane, static_cast<int>(gone));
      line.jobs.erase(line.jobs.begin(), line.jobs.begin() + gone);
    }
    const InFlight before(world.busy);
    for (const auto& line : world.lanes) {
      for (const auto& set : world.limits) {
        const auto& name = line.lane.name_of(set.scope);
        if (name.empty()) continue;
        EXPECT_LE(after.of(set.scope, name),
                  std::max(*set.concurrency, before.of(set.scope, name)));
      }
      const auto hold = hold_on(line.lane, world.limits, after, world.buckets, world.now);
      more = more || (!line.jobs.empty() && hold.by == HeldBy::nothing);
    }
    if (std::ssize(admitted) < world.room) EXPECT_FALSE(more);
  }
}

}  // namespace
}  // namespace trainyard::domain

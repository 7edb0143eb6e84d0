#include "common/domain/trigger.hpp"

#include <gtest/gtest.h>

namespace trainyard::domain {
namespace {

using namespace std::chrono;

class Utc final : public Zone {
 public:
  ZoneSpan span_at(Instant) const override {
    return {.begin = Instant(days(-1'000'000)), .end = Instant(days(1'000'000)), .offset = {}};
  }
};

const TimePoint noon = sys_days(year(2026) / 3 / 1) + hours(12);

TableCommit commit(std::int64_t version, std::optional<std::int64_t> rows = 10) {
  return {.version = version, .operation = "WRITE", .changes_data = true, .rows = rows};
}

Verdict judged(const TriggerPolicy& policy, const TriggerState& state, TimePoint now = noon) {
  return judge(policy, Utc(), state, now);
}

TEST(Trigger, CountsRowsUntilTheyAreEnough) {
  TriggerState state{.version = 4};
  EXPECT_FALSE(take_in(state, commit(5), noon));
  EXPECT_FALSE(judged({.min_rows = 15}, state).fire);
  EXPECT_EQ(judged({.min_rows = 15}, state).reason, "10 rows of 15 have changed");
  take_in(state, commit(6), noon);
  EXPECT_TRUE(judged({.min_rows = 15}, state).fire);
  EXPECT_EQ(state.pending->from, 5);
  EXPECT_EQ(state.pending->to, 6);
  EXPECT_EQ(state.version, 6);
}

TEST(Trigger, TakesRowsThatWereNotToldForEnough) {
  TriggerState state{.version = 4};
  take_in(state, commit(5, std::nullopt), noon);
  EXPECT_TRUE(judged({.min_rows = 1'000}, state).fire);
}

TEST(Trigger, LeavesACommitThatChangedNoData) {
  TriggerState state{.version = 4};
  const auto why = take_in(state, {.version = 5, .operation = "OPTIMIZE"}, noon);
  EXPECT_EQ(why, "OPTIMIZE changed no data");
  EXPECT_FALSE(state.pending);
  EXPECT_EQ(state.version, 5);
}

TEST(Trigger, TakesAnotherSchemaForReasonEnoughUnlessToldOtherwise) {
  TriggerState state{.version = 4, .schema = "a"};
  EXPECT_TRUE(take_in(state, {.version = 5, .operation = "ADD COLUMNS", .schema = "a"}, noon))
      << "the same schema once more";
  EXPECT_FALSE(take_in(state, {.version = 6, .operation = "ADD COLUMNS", .schema = "b"}, noon));
  EXPECT_TRUE(judged({.min_rows = 100}, state).fire);
  EXPECT_FALSE(judged({.min_rows = 100, .on_schema_change = OnSchemaChange::ignore}, state).fire);
  TriggerState unknown{.version = 4};
  EXPECT_TRUE(take_in(unknown, {.version = 5, .operation = "X", .schema = "a"}, noon))
      << "the first schema that is seen is no change";
}

TEST(Trigger, WaitsForQuietButNotForEver) {
  TriggerState state{.version = 4};
  const TriggerPolicy policy{.debounce = seconds(10)};
  take_in(state, commit(5), noon);
  const auto waiting = judged(policy, state, noon + seconds(9));
  EXPECT_FALSE(waiting.fire);
  EXPECT_EQ(waiting.again, noon + seconds(10));
  EXPECT_TRUE(judged(policy, state, noon + seconds(10)).fire);
  for (int i = 1; i <= 25; ++i)
    take_in(state, commit(5 + i), noon + seconds(4 * i));
  EXPECT_TRUE(judged(policy, state, noon + seconds(100)).fire)
      << "ten times the quiet time after the first";
}

TEST(Trigger, RestsAfterATraining) {
  TriggerState state{.version = 4, .fired_at = noon - seconds(50)};
  take_in(state, commit(5), noon);
  const auto waiting = judged({.cooldown = seconds(60)}, state);
  EXPECT_FALSE(waiting.fire);
  EXPECT_EQ(waiting.again, noon + seconds(10));
  EXPECT_TRUE(judged({.cooldown = seconds(60)}, state, noon + seconds(10)).fire);
}

TEST(Trigger, KeepsToItsPartOfTheDay) {
  TriggerState state{.version = 4};
  take_in(state, commit(5), noon);
  const TriggerPolicy night{.window = {.from = hours(22), .until = hours(6)}};
  const auto waiting = judged(night, state);
  EXPECT_FALSE(waiting.fire);
  EXPECT_EQ(waiting.again, noon + hours(10));
  EXPECT_TRUE(judged(night, state, noon + hours(10)).fire);
  EXPECT_TRUE(judged(night, state, noon + hours(17)).fire);
  EXPECT_EQ(judged(night, state, noon + hours(18)).again, noon + hours(34));
  EXPECT_TRUE(judged({.window = {.from = hours(9), .until = hours(17)}}, state).fire);
}

TEST(Trigger, GathersTheSegmentsThatChangedAndForgetsThemWhenOneIsNotTold) {
  TriggerState state{.version = 4};
  auto north = commit(5);
  north.segments = {"north"};
  auto south = commit(6);
  south.segments = {"south"};
  take_in(state, north, noon);
  take_in(state, south, noon);
  EXPECT_EQ(state.pending->segments, (std::set<std::string>{"north", "south"}));
  take_in(state, commit(7), noon);
  take_in(state, south, noon);
  EXPECT_FALSE(state.pending->segments);
}

TEST(Trigger, TakesVersionsThatAreLostForAnyChange) {
  TriggerState state{.version = 4};
  take_in_lost(state, 7, noon);
  EXPECT_EQ(state.pending->from, 5);
  EXPECT_EQ(state.pending->to, 7);
  EXPECT_FALSE(state.pending->segments);
  EXPECT_TRUE(judged({.min_rows = 1'000}, state).fire);
}

TEST(Trigger, ForgetsWhatWasPendingOfATableThatWasMadeAnew) {
  TriggerState state{.version = 3, .schema = "old"};
  take_in(state, {.version = 4, .changes_data = true, .rows = 5}, noon);
  begin_anew(state, 0, noon + 1h);
  EXPECT_EQ(state.version, -1);
  EXPECT_FALSE(state.pending);
  EXPECT_EQ(state.begun_at, noon + 1h);
  EXPECT_EQ(take_in(state, {.version = 0, .changes_data = true, .schema = "new"}, noon + 1h),
            std::nullopt);
  EXPECT_FALSE(state.pending->schema_changed) << "it is the first one that is known";
}

}  // namespace
}  // namespace trainyard::domain

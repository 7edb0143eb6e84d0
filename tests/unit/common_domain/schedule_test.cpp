#include "common/domain/schedule.hpp"

#include <gtest/gtest.h>

namespace trainyard::domain {
namespace {

using namespace std::chrono;

class Utc final : public Zone {
 public:
  ZoneSpan span_at(Instant) const override {
    return {
        .begin = Instant(days(-1'000'000)), .end = Instant(days(1'000'000)), .offset = seconds(0)};
  }
};

Instant at(std::string_view iso) {
  return floor<seconds>(*from_iso8601(iso));
}

ScheduleRound round_of(Misfire misfire, std::string_view due, std::string_view now,
                       int catch_up = 3) {
  const Schedule schedule{
      .cron = *Cron::parse("0 * * * *"), .misfire = misfire, .catch_up = catch_up};
  return decide_round(schedule, Utc(), at(due), at(now));
}

using Instants = std::vector<Instant>;

TEST(Schedule, FiresOnTimeWhateverItsPolicy) {
  for (const auto misfire : all_misfires) {
    const auto round = round_of(misfire, "2026-03-01T12:00:00Z", "2026-03-01T12:00:59Z");
    EXPECT_EQ(round.fires, Instants{at("2026-03-01T12:00:00Z")});
    EXPECT_EQ(round.missed, 0);
    EXPECT_EQ(round.next, at("2026-03-01T13:00:00Z"));
  }
}

TEST(Schedule, WaitsForWhatIsNotDue) {
  const auto round = round_of(Misfire::run_all, "2026-03-01T12:00:00Z", "2026-03-01T11:59:59Z");
  EXPECT_TRUE(round.fires.empty());
  EXPECT_EQ(round.next, at("2026-03-01T12:00:00Z"));
}

TEST(Schedule, SkipsWhatIsLate) {
  const auto round = round_of(Misfire::skip, "2026-03-01T02:00:00Z", "2026-03-01T06:30:00Z");
  EXPECT_TRUE(round.fires.empty());
  EXPECT_EQ(round.missed, 5);
  EXPECT_EQ(round.next, at("2026-03-01T07:00:00Z"));
}

TEST(Schedule, RunsTheNewestForAllThatAreLate) {
  const auto round = round_of(Misfire::run_once, "2026-03-01T02:00:00Z", "2026-03-01T06:30:00Z");
  EXPECT_EQ(round.fires, Instants{at("2026-03-01T06:00:00Z")});
  EXPECT_EQ(round.missed, 4);
}

TEST(Schedule, LetsOneThatIsOnTimeStandForThoseThatAreLate) {
  const auto round = round_of(Misfire::run_once, "2026-03-01T02:00:00Z", "2026-03-01T06:00:10Z");
  EXPECT_EQ(round.fires, Instants{at("2026-03-01T06:00:00Z")});
  EXPECT_EQ(round.missed, 4);
}

TEST(Schedule, CatchesUpWithTheNewestOldestFirst) {
  const auto round = round_of(Misfire::run_all, "2026-03-01T02:00:00Z", "2026-03-01T06:00:10Z", 2);
  EXPECT_EQ(round.fires, (Instants{at("2026-03-01T04:00:00Z"), at("2026-03-01T05:00:00Z"),
                                   at("2026-03-01T06:00:00Z")}));
  EXPECT_EQ(round.missed, 2);
}

TEST(Schedule, BoundsWhatItCountsAfterYearsAway) {
  const auto round = round_of(Misfire::run_all, "2000-01-01T00:00:00Z", "2026-03-01T06:30:00Z");
  EXPECT_EQ(round.fires.size(), 3U);
  EXPECT_EQ(round.missed, ScheduleRound::missed_max - 3);
}

}  // namespace
}  // namespace trainyard::domain

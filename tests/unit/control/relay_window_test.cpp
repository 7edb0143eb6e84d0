#include "api/control/relay_window.hpp"

#include <gmock/gmock.h>

namespace trainyard::control {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

RelayRow row(std::int64_t id, std::string key, int events, bool announces = false) {
  RelayRow made{.id = id, .key = std::move(key), .events = {}, .announcement = {}};
  for (int i = 0; i < events; ++i)
    made.events.push_back({.topic = "t", .value = "event"});
  if (announces) made.announcement = Announcement{};
  return made;
}

std::vector<std::pair<std::int64_t, int>> take(RelayWindow& window) {
  std::vector<std::pair<std::int64_t, int>> parts;
  for (const auto& parcel : window.take_ready())
    parts.emplace_back(parcel.row, parcel.part);
  return parts;
}

std::vector<std::pair<std::int64_t, std::int64_t>> skip(const RelayWindow& window) {
  std::vector<std::pair<std::int64_t, std::int64_t>> ranges;
  for (const auto& range : window.skip())
    ranges.emplace_back(range.first, range.last);
  return ranges;
}

TEST(RelayWindow, TellsARowsEventsInOrderAndItsAnnouncementBesides) {
  RelayWindow window({});
  window.add(row(1, "a", 2, true));
  EXPECT_THAT(take(window), ElementsAre(Pair(1, 0), Pair(1, 1), Pair(1, -1)));
  EXPECT_FALSE(window.has_ready());
  window.delivered(1, 0);
  window.delivered(1, -1);
  EXPECT_THAT(window.take_finished(), IsEmpty());
  window.delivered(1, 1);
  EXPECT_THAT(window.take_finished(), ElementsAre(1));
}

TEST(RelayWindow, HoldsAKeysNextRowUntilTheOneBeforeIsDelivered) {
  RelayWindow window({});
  window.add(row(1, "a", 1));
  window.add(row(2, "a", 1));
  window.add(row(3, "b", 1));
  EXPECT_THAT(take(window), ElementsAre(Pair(1, 0), Pair(3, 0)));
  window.delivered(3, 0);
  EXPECT_FALSE(window.has_ready());
  window.delivered(1, 0);
  EXPECT_THAT(take(window), ElementsAre(Pair(2, 0)));
}

TEST(RelayWindow, LetsAWaitingAnnouncementHoldUpNothingElse) {
  RelayWindow window({});
  window.add(row(1, "a", 1, true));
  take(window);
  window.delivered(1, 0);  // its announcement waits for a worker
  window.add(row(2, "a", 1));
  EXPECT_THAT(take(window), ElementsAre(Pair(2, 0)));
  window.delivered(2, 0);
  EXPECT_THAT(window.take_finished(), ElementsAre(2));
}

TEST(RelayWindow, ParksAnnouncementsBeyondTheLimitAndGoesOnWithEvents) {
  RelayWindow window({.announcements_max = 2});
  for (int id = 1; id <= 4; ++id)
    window.add(row(id, std::to_string(id), 1, true));
  EXPECT_THAT(take(window), ElementsAre(Pair(1, 0), Pair(2, 0), Pair(3, 0), Pair(4, 0), Pair(1, -1),
                                        Pair(2, -1)));
  EXPECT_FALSE(window.has_ready());
  window.delivered(2, -1);
  EXPECT_THAT(take(window), ElementsAre(Pair(3, -1)));
}

TEST(RelayWindow, TellsAgainFromTheFailedEventOn) {
  RelayWindow window({});
  window.add(row(1, "a", 3));
  window.add(row(2, "a", 1));
  take(window);
  window.delivered(1, 0);
  window.failed(1, 1);
  EXPECT_FALSE(window.has_failed()) << "not before all reports are in";
  window.delivered(1, 2);
  EXPECT_TRUE(window.has_failed());
  EXPECT_FALSE(window.has_ready());
  window.retry();
  EXPECT_THAT(take(window), ElementsAre(Pair(1, 1), Pair(1, 2)));
  window.delivered(1, 1);
  window.delivered(1, 2);
  EXPECT_THAT(take(window), ElementsAre(Pair(2, 0)));
}

TEST(RelayWindow, AnnouncesAgainAfterAFailure) {
  RelayWindow window({});
  window.add(row(1, "a", 0, true));
  take(window);
  window.failed(1, -1);
  EXPECT_FALSE(window.has_ready());
  window.retry();
  EXPECT_THAT(take(window), ElementsAre(Pair(1, -1)));
}

TEST(RelayWindow, IsFullByRowsWithUntoldEvents) {
  RelayWindow window({.rows_max = 2});
  window.add(row(1, "a", 1, true));
  EXPECT_TRUE(window.has_room());
  window.add(row(2, "b", 1));
  EXPECT_FALSE(window.has_room());
  take(window);
  window.delivered(1, 0);
  EXPECT_TRUE(window.has_room()) << "though its announcement is out";
}

TEST(RelayWindow, SkipsWhatIsInFlightAndWhatIsDoneInBetween) {
  RelayWindow window({});
  for (const auto id : {5, 7, 6, 12, 10})
    window.add(row(id, std::to_string(id), 1));
  EXPECT_THAT(skip(window), ElementsAre(Pair(5, 7), Pair(10, 10), Pair(12, 12)));
  window.forget({6});
  EXPECT_THAT(skip(window), ElementsAre(Pair(5, 7), Pair(10, 10), Pair(12, 12)));
  window.forget({5, 7});
  EXPECT_THAT(skip(window), ElementsAre(Pair(10, 10), Pair(12, 12)));
  window.add(row(11, "11", 1));
  EXPECT_THAT(skip(window), ElementsAre(Pair(10, 12)));
  window.forget({10, 11, 12});
  EXPECT_THAT(skip(window), IsEmpty());
}

TEST(RelayWindow, FinishesARowThatHasNothingToTell) {
  RelayWindow window({});
  window.add(row(1, "", 0));
  EXPECT_THAT(window.take_finished(), ElementsAre(1));
}

}  // namespace
}  // namespace trainyard::control

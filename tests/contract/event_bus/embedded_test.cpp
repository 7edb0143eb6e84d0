#include "common/adapters/embedded_bus/embedded_bus.hpp"
#include "tests/contract/event_bus/event_bus_contract.hpp"

#include <future>

namespace trainyard::testing {
namespace {

using embedded_bus::EmbeddedBus;

class EmbeddedHarness final : public BusHarness {
 public:
  std::unique_ptr<ports::EventBus> make_bus() override {
    return std::make_unique<EmbeddedBus>(
        embedded_bus::EmbeddedBusOptions{.groups = {{"work", {"workers"}}}});
  }
  std::string topic() const override { return "work"; }
  bool survives_reopening() const override { return false; }
};

INSTANTIATE_TEST_SUITE_P(Embedded, EventBusContract,
                         ::testing::Values(BusCase{
                             .name = "Embedded",
                             .make = [](std::string&) -> std::unique_ptr<BusHarness> {
                               return std::make_unique<EmbeddedHarness>();
                             }}),
                         [](const auto& info) { return info.param.name; });

struct Fate {
  int delivered = 0;
  int refused = 0;
  Errc code = Errc::internal;

  auto callback() {
    return [this](std::size_t, const Result<void>& result) {
      if (result) {
        ++delivered;
      } else {
        ++refused;
        code = result.error().code;
      }
    };
  }
};

ports::Message on(const char* topic, std::string value = "v") {
  return {.topic = topic, .key = "k", .value = std::move(value), .headers = {}};
}

TEST(EmbeddedBus, ReportsOnlyWhenTheGroupIsDone) {
  Fate fate;  // outlives the bus, which reports to the end
  EmbeddedBus bus({.groups = {{"work", {"workers"}}}});
  bus.publish(std::array{on("work"), on("work")}, fate.callback());
  EXPECT_EQ(fate.delivered, 0);
  auto reader = *bus.subscribe({.topics = {"work"}, .group = "workers"});
  const auto got = *reader->poll(10, milliseconds(0));
  ASSERT_EQ(got.size(), 2u);
  reader->done(std::array{got[1].position});
  EXPECT_EQ(fate.delivered, 1);
  reader->done(std::array{got[1].position, got[0].position});
  EXPECT_EQ(fate.delivered, 2);
}

TEST(EmbeddedBus, ReportsOnlyWhenEveryGroupIsDone) {
  Fate fate;  // outlives the bus, which reports to the end
  EmbeddedBus bus({.groups = {{"work", {"a", "b"}}}});
  bus.publish(std::array{on("work")}, fate.callback());
  for (const auto* group : {"a", "b"}) {
    EXPECT_EQ(fate.delivered, 0);
    auto reader = *bus.subscribe({.topics = {"work"}, .group = group});
    reader->done(std::array{reader->poll(1, milliseconds(0))->at(0).position});
  }
  EXPECT_EQ(fate.delivered, 1);
}

TEST(EmbeddedBus, ReportsAtOnceWhereNobodyHasToBeDone) {
  Fate fate;  // outlives the bus, which reports to the end
  EmbeddedBus bus({});
  auto watcher = *bus.subscribe({.topics = {"news"}, .group = std::nullopt});
  bus.publish(std::array{on("news"), on("unheard")}, fate.callback());
  EXPECT_EQ(fate.delivered, 2);
  EXPECT_EQ(watcher->poll(10, milliseconds(0))->size(), 1u);
}

TEST(EmbeddedBus, RefusesWhatAGroupCannotHold) {
  Fate fate;  // outlives the bus, which reports to the end
  EmbeddedBus bus({.groups = {{"work", {"workers"}}}, .group_unfinished_max = 2});
  bus.publish(std::array{on("work"), on("work"), on("work"), on("other")}, fate.callback());
  EXPECT_EQ(fate.refused, 2) << "the rest of the call goes with it, or order would be lost";
  EXPECT_EQ(fate.code, Errc::exhausted);
  auto reader = *bus.subscribe({.topics = {"work"}, .group = "workers"});
  reader->done(std::array{reader->poll(1, milliseconds(0))->at(0).position});
  bus.publish(std::array{on("work")}, fate.callback());
  EXPECT_EQ(fate.refused, 2);
}

TEST(EmbeddedBus, WaitsForASlowWatcherAndThenRefuses) {
  Fate fate;  // outlives the bus, which reports to the end
  EmbeddedBus bus({.watcher_wait = milliseconds(1)});
  auto watcher = *bus.subscribe({.topics = {"news"}, .group = std::nullopt, .buffered_max = 1});
  bus.publish(std::array{on("news", "1"), on("news", "2")}, fate.callback());
  EXPECT_EQ(fate.delivered, 1);
  EXPECT_EQ(fate.refused, 1);
  EXPECT_EQ(watcher->poll(10, milliseconds(0))->at(0).message.value, "1");
}

TEST(EmbeddedBus, LetsAWatcherCatchUpWhileItPublishes) {
  Fate fate;  // outlives the bus, which reports to the end
  EmbeddedBus bus({.watcher_wait = std::chrono::minutes(1)});
  auto watcher = *bus.subscribe({.topics = {"news"}, .group = std::nullopt, .buffered_max = 3});
  auto reading = std::async(std::launch::async, [&watcher] {
    std::size_t got = 0;
    while (got < 1'000)
      got += watcher->poll(10, std::chrono::minutes(1))->size();
    return got;
  });
  bus.publish(std::vector<ports::Message>(1'000, on("news")), fate.callback());
  EXPECT_EQ(fate.delivered, 1'000);
  EXPECT_EQ(reading.get(), 1'000u);
}

TEST(EmbeddedBus, ReportsWhatIsLeftWhenItEnds) {
  Fate fate;  // outlives the bus, which reports to the end
  {
    EmbeddedBus bus({.groups = {{"work", {"workers"}}}});
    bus.publish(std::array{on("work")}, fate.callback());
  }
  EXPECT_EQ(fate.refused, 1);
  EXPECT_EQ(fate.code, Errc::unavailable);
}

TEST(EmbeddedBus, IsAnotherIncarnationEachTime) {
  EmbeddedBus one({});
  EmbeddedBus two({});
  EXPECT_NE(one.end_of("news")->at(0).epoch, two.end_of("news")->at(0).epoch);
  EXPECT_NE(one.end_of("news")->at(0).epoch, one.end_of("more")->at(0).epoch);
}

}  // namespace
}  // namespace trainyard::testing

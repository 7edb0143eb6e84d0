#include "common/dead_letter/dead_letter.hpp"

#include "common/adapters/embedded_bus/embedded_bus.hpp"
#include "common/wire/job_events.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace trainyard::dead_letter {
namespace {

using ::testing::HasSubstr;

TEST(DeadLetter, PutsTheMessageAsideWithReasonAndPlaceAndGoesOn) {
  embedded_bus::EmbeddedBus bus({.groups = {{"work", {"workers"}}}});
  const std::shared_ptr<ports::Subscription> reader =
      *bus.subscribe({.topics = {"work"}, .group = "workers"});
  const auto letters =
      *bus.subscribe({.topics = {ports::topics::dead_letter}, .group = std::nullopt});
  const DeadLetter dead_letter(log::Log(), bus, system_clock(), "trainyard/worker/test");
  bool is_done = false;
  bus.publish(std::array{ports::Message{.topic = "work", .key = "k", .value = "{\xff"}},
              [&is_done](std::size_t, const Result<void>& fate) { is_done = fate.has_value(); });

  const auto got = reader->poll(1, milliseconds(0))->at(0);
  const auto parsed = wire::parse_train_requested(got.message.value);
  ASSERT_FALSE(parsed);
  dead_letter.refuse(got, parsed.error(), reader);

  EXPECT_TRUE(is_done) << "it must not block its partition";
  const auto letter = letters->poll(1, milliseconds(0))->at(0);
  const auto event = wire::parse_cloud_event(letter.message.value);
  ASSERT_TRUE(event) << describe(event.error());
  const auto data = nlohmann::json::parse(event->data);
  EXPECT_EQ(data.at("topic"), "work");
  EXPECT_EQ(data.at("partition"), got.position.partition);
  EXPECT_EQ(data.at("offset"), got.position.offset);
  EXPECT_EQ(data.at("key"), "k");
  EXPECT_EQ(data.at("message"), "{\uFFFD");
  EXPECT_THAT(data.at("reason").get<std::string>(), HasSubstr("JSON"));
}

TEST(DeadLetter, LeavesTheMessageUnfinishedWhileTheBusIsAway) {
  int done = 0;  // outlives the bus, which reports to the end
  embedded_bus::EmbeddedBus bus(
      {.groups = {{"work", {"workers"}}}, .watcher_wait = milliseconds(0)});
  const std::shared_ptr<ports::Subscription> reader =
      *bus.subscribe({.topics = {"work"}, .group = "workers"});
  const auto full = *bus.subscribe(
      {.topics = {ports::topics::dead_letter}, .group = std::nullopt, .buffered_max = 1});
  const DeadLetter dead_letter(log::Log(), bus, system_clock(), "trainyard/worker/test");
  const ports::Message message{.topic = "work", .key = "k", .value = "no json"};
  bus.publish(std::array{message, message},
              [&done](std::size_t, const Result<void>& fate) { done += fate ? 1 : 0; });
  for (const auto& delivery : *reader->poll(2, milliseconds(0))) {
    dead_letter.refuse(delivery, Error{.code = Errc::corrupt_data, .detail = "no"}, reader);
  }
  EXPECT_EQ(done, 1);
}

}  // namespace
}  // namespace trainyard::dead_letter

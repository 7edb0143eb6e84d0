#include "tests/contract/event_bus/event_bus_contract.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cstdlib>
#include <future>
#include <set>

namespace trainyard::testing {

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(EventBusContract);

namespace {

using ports::Delivery;
using ports::EventBus;
using ports::Message;
using ports::Position;
using ports::Subscription;
using std::chrono::steady_clock;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr milliseconds patience{20'000};

Message message(const std::string& topic, std::string key, std::string value) {
  return {.topic = topic, .key = std::move(key), .value = std::move(value), .headers = {}};
}

// Counts the reports of one publish() and waits for them.
class Reports {
 public:
  explicit Reports(std::size_t count) : fates_(count) {}

  auto callback() {
    return [this](std::size_t i, Result<void> fate) {
      const std::lock_guard lock(mutex_);
      EXPECT_FALSE(fates_.at(i).has_value()) << "reported twice";
      fates_.at(i) = std::move(fate);
      if (++reported_ == fates_.size()) complete_.notify_all();
    };
  }

  bool wait() {
    std::unique_lock lock(mutex_);
    return complete_.wait_for(lock, patience, [this] { return reported_ == fates_.size(); });
  }

  std::size_t reported() {
    const std::lock_guard lock(mutex_);
    return reported_;
  }

  void expect_all_delivered() {
    ASSERT_TRUE(wait());
    for (const auto& fate : fates_)
      ASSERT_TRUE(*fate) << describe(fate->error());
  }

 private:
  std::mutex mutex_;
  std::condition_variable complete_;
  std::vector<std::optional<Result<void>>> fates_;
  std::size_t reported_ = 0;
};

// Reports outlive the test body on purpose: those for a group come when the group is done.
void publish(EventBus& bus, const std::vector<Message>& messages) {
  auto reports = std::make_shared<Reports>(messages.size());
  bus.publish(messages, [reports](std::size_t i, Result<void> fate) {
    reports->callback()(i, std::move(fate));
  });
}

std::vector<Message> numbered(const std::string& topic, int count, int keys) {
  std::vector<Message> messages;
  for (int i = 0; i < count; ++i) {
    messages.push_back(message(topic, fmt::format("key-{}", i % keys), std::to_string(i)));
  }
  return messages;
}

std::unique_ptr<Subscription> subscribe(EventBus& bus, const std::string& topic,
                                        std::optional<std::string> group) {
  auto made = bus.subscribe({.topics = {topic}, .group = std::move(group)});
  EXPECT_TRUE(made) << describe(made.error());
  return made ? std::move(*made) : nullptr;
}

// Polls until `enough` of what it got, or patience runs out.
std::vector<Delivery> poll_until(Subscription& subscription,
                                 const std::function<bool(const std::vector<Delivery>&)>& enough) {
  std::vector<Delivery> all;
  const auto deadline = steady_clock::now() + patience;
  while (!enough(all) && steady_clock::now() < deadline) {
    auto some = subscription.poll(1'000, milliseconds(200));
    EXPECT_TRUE(some) << describe(some.error());
    if (!some) break;
    std::ranges::move(*some, std::back_inserter(all));
  }
  return all;
}

std::vector<Delivery> poll_count(Subscription& subscription, std::size_t count) {
  return poll_until(subscription, [count](const auto& all) { return all.size() >= count; });
}

std::vector<std::string> values(const std::vector<Delivery>& deliveries) {
  std::vector<std::string> values;
  for (const auto& delivery : deliveries)
    values.push_back(delivery.message.value);
  return values;
}

std::vector<Position> positions(const std::vector<Delivery>& deliveries) {
  std::vector<Position> positions;
  for (const auto& delivery : deliveries)
    positions.push_back(delivery.position);
  return positions;
}

}  // namespace

void EventBusContract::SetUp() {
  std::string reason;
  harness = GetParam().make(reason);
  if (!harness) {
    if (std::getenv("TRAINYARD_TEST_REQUIRE_SERVICES") != nullptr) FAIL() << reason;
    GTEST_SKIP() << reason;
  }
}

TEST_P(EventBusContract, DeliversKeyValueAndHeaders) {
  const auto bus = harness->make_bus();
  const auto reader = subscribe(*bus, harness->topic(), harness->group());
  auto sent = message(harness->topic(), "k", "{\"a\":1}");
  sent.headers = {{"correlation_id", "req-1"}, {"other", ""}};
  publish(*bus, {sent});
  const auto got = poll_count(*reader, 1);
  ASSERT_EQ(got.size(), 1u);
  EXPECT_EQ(got[0].message.topic, sent.topic);
  EXPECT_EQ(got[0].message.key, sent.key);
  EXPECT_EQ(got[0].message.value, sent.value);
  EXPECT_EQ(got[0].message.headers, sent.headers);
}

TEST_P(EventBusContract, ReportsOnceForEachMessage) {
  Reports reports(100);
  const auto bus = harness->make_bus();
  const auto reader = subscribe(*bus, harness->topic(), harness->group());
  bus->publish(numbered(harness->topic(), 100, 7), reports.callback());
  const auto got = poll_count(*reader, 100);
  reader->done(positions(got));
  reports.expect_all_delivered();
}

TEST_P(EventBusContract, KeepsTheOrderOfEachKey) {
  const auto bus = harness->make_bus();
  const auto reader = subscribe(*bus, harness->topic(), harness->group());
  for (int part = 0; part < 10; ++part) {
    auto messages = numbered(harness->topic(), 100, 7);
    for (auto& each : messages)
      each.value = std::to_string(part * 100 + std::stoi(each.value));
    publish(*bus, messages);
  }
  std::map<std::string, int> last;
  const auto got = poll_count(*reader, 1'000);
  EXPECT_EQ(got.size(), 1'000u);
  for (const auto& [message, position] : got) {
    const auto [known, is_first] = last.try_emplace(message.key, -1);
    EXPECT_LT(known->second, std::stoi(message.value)) << message.key;
    known->second = std::stoi(message.value);
  }
}

TEST_P(EventBusContract, KeepsForAGroupWhatCameBeforeItsFirstMember) {
  const auto bus = harness->make_bus();
  publish(*bus, numbered(harness->topic(), 10, 3));
  const auto reader = subscribe(*bus, harness->topic(), harness->group());
  EXPECT_EQ(poll_count(*reader, 10).size(), 10u);
}

TEST_P(EventBusContract, SharesTheMessagesWithinAGroup) {
  const auto bus = harness->make_bus();
  const auto first = subscribe(*bus, harness->topic(), harness->group());
  const auto second = subscribe(*bus, harness->topic(), harness->group());
  std::set<std::string> by_first;
  std::set<std::string> by_second;
  const auto deadline = steady_clock::now() + patience;
  // Members join when they poll: until both have a share, send more.
  while ((by_first.empty() || by_second.empty()) && steady_clock::now() < deadline) {
    publish(*bus, numbered(harness->topic(), 50, 50));
    for (auto& [reader, into] : {std::pair{first.get(), &by_first}, {second.get(), &by_second}}) {
      for (const auto& delivery : *reader->poll(1'000, milliseconds(200))) {
        into->insert(fmt::format("{}/{}", delivery.position.partition, delivery.position.offset));
      }
    }
  }
  EXPECT_FALSE(by_first.empty());
  EXPECT_FALSE(by_second.empty());
}

TEST_P(EventBusContract, DeliversAgainWhatAMemberLeftUnfinished) {
  const auto bus = harness->make_bus();
  publish(*bus, numbered(harness->topic(), 10, 10));
  {
    const auto dying = subscribe(*bus, harness->topic(), harness->group());
    ASSERT_EQ(poll_count(*dying, 10).size(), 10u);
  }
  const auto heir = subscribe(*bus, harness->topic(), harness->group());
  EXPECT_EQ(poll_count(*heir, 10).size(), 10u);
}

TEST_P(EventBusContract, DoesNotDeliverAgainWhatIsDone) {
  auto bus = harness->make_bus();
  publish(*bus, numbered(harness->topic(), 10, 10));
  {
    const auto reader = subscribe(*bus, harness->topic(), harness->group());
    const auto got = poll_count(*reader, 10);
    ASSERT_EQ(got.size(), 10u);
    reader->done(positions(got));
  }
  if (harness->survives_reopening()) {
    bus.reset();
    bus = harness->make_bus();
  }
  const auto heir = subscribe(*bus, harness->topic(), harness->group());
  publish(*bus, {message(harness->topic(), "key-0", "news")});
  EXPECT_THAT(values(poll_count(*heir, 1)), ElementsAre("news"));
}

TEST_P(EventBusContract, TakesDoneInAnyOrder) {
  const auto bus = harness->make_bus();
  publish(*bus, numbered(harness->topic(), 9, 1));  // one key: one partition
  {
    const auto reader = subscribe(*bus, harness->topic(), harness->group());
    auto got = poll_count(*reader, 9);
    ASSERT_EQ(got.size(), 9u);
    for (const auto i : {8, 2, 0, 1, 5})
      reader->done(std::array{got[i].position});
  }
  const auto heir = subscribe(*bus, harness->topic(), harness->group());
  const auto again = poll_until(*heir, [](const auto& all) {
    return std::ranges::any_of(all, [](const auto& each) { return each.message.value == "7"; });
  });
  const auto left = values(again);
  EXPECT_EQ(left.front(), "3") << "the gap-free front is done, and what follows it is not";
  EXPECT_THAT(left, ::testing::IsSupersetOf({"3", "4", "6", "7"}));
}

TEST_P(EventBusContract, ShowsEverythingFromNowOnToAReaderWithoutGroup) {
  const auto bus = harness->make_bus();
  const auto worker = subscribe(*bus, harness->topic(), harness->group());
  publish(*bus, numbered(harness->topic(), 5, 5));
  ASSERT_EQ(poll_count(*worker, 5).size(), 5u);
  const auto first = subscribe(*bus, harness->topic(), std::nullopt);
  const auto second = subscribe(*bus, harness->topic(), std::nullopt);
  publish(*bus, {message(harness->topic(), "a", "news"), message(harness->topic(), "a", "more")});
  EXPECT_THAT(values(poll_count(*first, 2)), ElementsAre("news", "more"));
  EXPECT_THAT(values(poll_count(*second, 2)), ElementsAre("news", "more"));
}

TEST_P(EventBusContract, TellsTheEndOfATopic) {
  const auto bus = harness->make_bus();
  const auto worker = subscribe(*bus, harness->topic(), harness->group());
  publish(*bus, numbered(harness->topic(), 20, 20));
  const auto got = poll_count(*worker, 20);
  const auto ends = bus->end_of(harness->topic());
  ASSERT_TRUE(ends) << describe(ends.error());
  std::int64_t total = 0;
  for (const auto& end : *ends)
    total += end.offset;
  EXPECT_EQ(total, 20);
  for (const auto& delivery : got) {
    const auto& end = ends->at(static_cast<std::size_t>(delivery.position.partition));
    EXPECT_EQ(end.epoch, delivery.position.epoch);
    EXPECT_LT(delivery.position.offset, end.offset);
  }
}

TEST_P(EventBusContract, ReturnsNothingNewWhilePaused) {
  const auto bus = harness->make_bus();
  const auto reader = subscribe(*bus, harness->topic(), harness->group());
  publish(*bus, numbered(harness->topic(), 4, 4));
  ASSERT_EQ(poll_count(*reader, 4).size(), 4u);
  reader->pause();
  publish(*bus, {message(harness->topic(), "a", "news")});
  EXPECT_THAT(*reader->poll(10, milliseconds(300)), IsEmpty());
  reader->resume();
  EXPECT_THAT(values(poll_count(*reader, 1)), ElementsAre("news"));
}

TEST_P(EventBusContract, DeliversAfterAPauseWhatWasTakenOverDuringIt) {
  const auto bus = harness->make_bus();
  auto leaving = subscribe(*bus, harness->topic(), harness->group());
  publish(*bus, numbered(harness->topic(), 40, 40));
  ASSERT_EQ(poll_count(*leaving, 40).size(), 40u);
  const auto staying = subscribe(*bus, harness->topic(), harness->group());
  staying->pause();
  auto pausing = std::async(std::launch::async, [&staying] {
    return staying->poll(1'000, std::chrono::hours(1))->size();
  });
  leaving.reset();  // all of its partitions, unfinished, pass to the one that is paused
  const auto watcher = subscribe(*bus, harness->topic(), std::nullopt);
  publish(*bus, {message(harness->topic(), "a", "news")});
  poll_count(*watcher, 1);
  staying->wake();
  EXPECT_EQ(pausing.get(), 0u);
  EXPECT_THAT(*staying->poll(1'000, milliseconds(3'000)), IsEmpty());
  staying->resume();
  std::set<std::string> seen;
  for (const auto& value : values(poll_count(*staying, 41)))
    EXPECT_TRUE(seen.insert(value).second) << value << " came twice";
  EXPECT_EQ(seen.size(), 41u);
}

TEST_P(EventBusContract, EndsAPollWhenWoken) {
  const auto bus = harness->make_bus();
  const auto reader = subscribe(*bus, harness->topic(), harness->group());
  reader->wake();  // before
  EXPECT_THAT(*reader->poll(10, std::chrono::hours(1)), IsEmpty());
  auto polling = std::async(std::launch::async,
                            [&reader] { return reader->poll(10, std::chrono::hours(1))->size(); });
  reader->wake();  // before or during
  EXPECT_EQ(polling.get(), 0u);
  reader->pause();
  auto paused = std::async(std::launch::async,
                           [&reader] { return reader->poll(10, std::chrono::hours(1))->size(); });
  reader->wake();
  EXPECT_EQ(paused.get(), 0u);
}

TEST_P(EventBusContract, CarriesABigBatch) {
  Reports reports(10'000);
  const auto bus = harness->make_bus();
  const auto reader = subscribe(*bus, harness->topic(), harness->group());
  bus->publish(numbered(harness->topic(), 10'000, 500), reports.callback());
  std::set<std::string> seen;
  const auto deadline = steady_clock::now() + patience;
  while (seen.size() < 10'000 && steady_clock::now() < deadline) {
    const auto got = reader->poll(500, milliseconds(200));
    ASSERT_TRUE(got);
    for (const auto& delivery : *got)
      seen.insert(delivery.message.value);
    reader->done(positions(*got));
  }
  EXPECT_EQ(seen.size(), 10'000u);
  reports.expect_all_delivered();
}

TEST_P(EventBusContract, AnswersAPing) {
  const auto alive = harness->make_bus()->ping();
  EXPECT_TRUE(alive) << describe(alive.error());
}

TEST_P(EventBusContract, RefusesASubscriptionToNothing) {
  const auto made = harness->make_bus()->subscribe({});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Errc::invalid_argument);
}

}  // namespace trainyard::testing

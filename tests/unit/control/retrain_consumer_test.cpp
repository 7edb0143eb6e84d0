#include "api/control/retrain_consumer.hpp"

#include "common/adapters/embedded_bus/embedded_bus.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <condition_variable>
#include <deque>

namespace trainyard::control {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

class RetrainConsumerTest : public ::testing::Test {
 protected:
  RetrainConsumerTest()
      : bus_({.groups = {{ports::topics::retrain_requested, {retrain_group}}}}),
        letters_(*bus_.subscribe({.topics = {ports::topics::dead_letter}, .group = {}})),
        consumer_(log::Log(), bus_, system_clock(),
                  {.start = [this](const wire::TrainingOrder& order) { return start(order); },
                   .on_given_up = [this](const wire::TrainingOrder& order,
                                         const Error&) { given_up_ = order.cause.id; },
                   .ping = [this]() -> Result<void> {
                     if (away_) return fail(Errc::unavailable, "away");
                     return {};
                   },
                   .tries_max = 3,
                   .backoff = {.first = 1ms, .last = 1ms}}) {}

  Result<void> start(const wire::TrainingOrder& order) {
    const std::lock_guard lock(mutex_);
    started_.push_back(order.cause.id);
    changed_.notify_all();
    if (answers_.empty()) return {};
    auto answer = answers_.front();
    if (answers_.size() > 1 || !repeat_last_) answers_.pop_front();
    return answer;
  }

  void publish(const std::string& id, const json& data = {{"table", "t"}, {"reason", "r"}}) {
    send(json{{"specversion", "1.0"},
              {"id", id},
              {"source", "test"},
              {"type", "trainyard.retrain.requested.v1"},
              {"subject", "s"},
              {"time", "2026-03-01T12:00:00Z"},
              {"data", data}}
             .dump());
  }
  void send(const std::string& value) {
    const ports::Message message{
        .topic = ports::topics::retrain_requested, .key = "s", .value = value, .headers = {}};
    bus_.publish({&message, 1}, [this](std::size_t, const Result<void>& fate) {
      const std::lock_guard lock(mutex_);
      if (fate) ++done_;
      changed_.notify_all();
    });
  }
  bool await_done(int count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 20s, [&] { return done_ >= count; });
  }
  bool await_started(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 20s, [&] { return started_.size() >= count; });
  }
  std::string reason_of_next_letter() {
    const auto letters = letters_->poll(1, 20s);
    if (!letters || letters->empty()) return "none came";
    return json::parse(letters->front().message.value)["data"]["reason"];
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> started_;
  std::deque<Result<void>> answers_;
  bool repeat_last_ = false;
  std::string given_up_;
  std::atomic<bool> away_ = false;
  int done_ = 0;
  embedded_bus::EmbeddedBus bus_;
  std::unique_ptr<ports::Subscription> letters_;
  RetrainConsumer consumer_;
};

TEST_F(RetrainConsumerTest, StartsWhatCameBeforeItAndTellsTheBusThen) {
  publish("e-1");
  EXPECT_EQ(done_, 0);
  consumer_.start();
  ASSERT_TRUE(await_done(1));
  EXPECT_EQ(started_, std::vector<std::string>{"e-1"});
}

TEST_F(RetrainConsumerTest, PutsAsideWhatCannotBeUsedAndGoesOn) {
  consumer_.start();
  send("no json");
  publish("e-1", {{"table", "t"}});
  publish("e-2");
  EXPECT_EQ(reason_of_next_letter(), "not valid JSON");
  EXPECT_NE(reason_of_next_letter().find("data.reason"), std::string::npos);
  ASSERT_TRUE(await_done(3));
  EXPECT_EQ(started_, std::vector<std::string>{"e-2"});
}

TEST_F(RetrainConsumerTest, PutsAsideWhatIsRefusedWithTheReason) {
  answers_ = {fail(Errc::not_found, "neither a template nor a job")};
  consumer_.start();
  publish("e-1");
  publish("e-2");
  EXPECT_EQ(reason_of_next_letter(), "neither a template nor a job");
  ASSERT_TRUE(await_done(2));
}

TEST_F(RetrainConsumerTest, TriesAgainInOrderWhileTheStoreIsAway) {
  away_ = true;
  answers_.assign(10, fail(Errc::unavailable, "away"));
  publish("e-1");
  publish("e-2");
  consumer_.start();
  ASSERT_TRUE(await_done(2));
  ASSERT_EQ(started_.size(), 12U) << "ten failures, more than tries_max";
  EXPECT_EQ(started_[10], "e-1");
  EXPECT_EQ(started_[11], "e-2");
}

TEST_F(RetrainConsumerTest, GivesUpAMessageThatKeepsFailingWhileTheStoreIsThere) {
  answers_ = {fail(Errc::unavailable, "the reader cannot be started")};
  repeat_last_ = true;
  consumer_.start();
  publish("e-1");
  EXPECT_EQ(reason_of_next_letter(), "the reader cannot be started");
  EXPECT_TRUE(await_done(1));
  EXPECT_EQ(started_.size(), 3U);
  EXPECT_EQ(given_up_, "e-1");
}

TEST_F(RetrainConsumerTest, LeavesWhatIsNotDoneToTheNextOne) {
  away_ = true;
  answers_ = {fail(Errc::in_doubt, "away")};
  repeat_last_ = true;
  consumer_.start();
  publish("e-1");
  ASSERT_TRUE(await_started(2));
  consumer_.stop();
  EXPECT_EQ(done_, 0);
}

}  // namespace
}  // namespace trainyard::control

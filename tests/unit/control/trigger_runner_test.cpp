#include "api/control/trigger_runner.hpp"

#include "common/adapters/delta/delta_table_log.hpp"
#include "common/adapters/sqlite/sqlite_store.hpp"
#include "common/adapters/tzdb/find_zone.hpp"
#include "tests/support/test_folder.hpp"
#include "tests/unit/delta/table_copy.hpp"

#include <nlohmann/json.hpp>

#include <condition_variable>
#include <mutex>
#include <set>

namespace trainyard::control {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

// Keeps what is published, and reports at once: what it was told to, or that it was delivered.
class RecordingBus final : public ports::EventBus {
 public:
  void publish(std::span<const ports::Message> messages,
               const std::function<void(std::size_t, Result<void>)>& report) override {
    std::unique_lock lock(mutex_);
    for (const auto& message : messages)
      sent_.push_back(message);
    changed_.notify_all();
    const Result<void> fate = failure_ ? Result<void>(fail(*failure_)) : Result<void>();
    lock.unlock();
    for (std::size_t i = 0; i < messages.size(); ++i)
      report(i, fate);
  }
  Result<std::unique_ptr<ports::Subscription>> subscribe(const ports::SubscribeOptions&) override {
    return fail(Errc::internal, "nobody subscribes here");
  }
  Result<std::vector<ports::Position>> end_of(const std::string&) override {
    return std::vector<ports::Position>();
  }
  Result<void> ping() override { return {}; }

  void fail_with(std::optional<Error> failure) {
    const std::lock_guard lock(mutex_);
    failure_ = std::move(failure);
  }
  bool await(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 20s, [&] { return sent_.size() >= count; });
  }
  std::vector<ports::Message> sent() {
    const std::lock_guard lock(mutex_);
    return sent_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<ports::Message> sent_;
  std::optional<Error> failure_;
};

class TriggerRunnerTest : public ::testing::Test {
 protected:
  TriggerRunnerTest()
      : store_(sqlite::make_definition_store(
            *sqlite::open_database({.path = folder_.path() / "jobs.db"}))) {}

  std::unique_ptr<TriggerRunner> runner() {
    return std::make_unique<TriggerRunner>(
        log::Log(), *store_, bus_, system_clock(),
        TriggerRunnerOptions{.check_table = [this](const std::string&) { return readable_; },
                             .find_zone = tzdb::find_zone,
                             .open_log =
                                 [](const std::string& table) {
                                   return delta::open_table_log(delta::local_log_files(table));
                                 },
                             .look = 1ms,
                             .reload = 1ms,
                             .stuck = 1ms,
                             .backoff = {.first = 1ms, .last = 1ms}});
  }
  // The count-th event, as whoever receives it reads it.
  wire::TrainingOrder await_order(std::size_t count) {
    if (!bus_.await(count)) {
      ADD_FAILURE() << "event " << count << " never came";
      return {};
    }
    const auto message = bus_.sent()[count - 1];
    EXPECT_EQ(message.topic, ports::topics::retrain_requested);
    const auto order = wire::parse_retrain_requested(message.value);
    EXPECT_TRUE(order.has_value()) << describe(order.error());
    return order.value_or(wire::TrainingOrder{});
  }
  // "5-7" of "5-7@2026-03-01T12:00:00Z"
  static std::string versions_of(const wire::TrainingOrder& order) {
    return order.cause.id.substr(0, order.cause.id.find('@'));
  }
  void put(json spec = {}) {
    spec["table"] = table_.path();
    if (!spec.contains("config")) spec["config"] = {{"horizon", 3}};
    ASSERT_TRUE(store_
                    ->put({.kind = ports::DefinitionKind::trigger,
                           .name = "t",
                           .user_id = "ada",
                           .spec = spec.dump()},
                          {})
                    .has_value());
  }
  // Oldest first, once there is one with this outcome.
  std::vector<ports::Decision> await_decision(const std::string& outcome) {
    for (const auto until = std::chrono::steady_clock::now() + 20s;
         std::chrono::steady_clock::now() < until; std::this_thread::yield()) {
      auto decisions = *store_->decisions(ports::DefinitionKind::trigger, "t", {}, 1'000);
      std::ranges::reverse(decisions);
      const auto fits = [&](const auto& each) { return each.outcome == outcome; };
      if (std::ranges::any_of(decisions, fits)) return decisions;
    }
    ADD_FAILURE() << "no decision '" << outcome << "'";
    return {};
  }
  // Of all events, each once however often it was told.
  std::set<std::string> ids() {
    std::set<std::string> ids;
    for (const auto& message : bus_.sent())
      ids.insert(json::parse(message.value)["id"]);
    return ids;
  }
  bool await_state(const std::function<bool(const json& state)>& fits) {
    for (const auto until = std::chrono::steady_clock::now() + 20s;
         std::chrono::steady_clock::now() < until; std::this_thread::yield()) {
      if (fits(json::parse(store_->get(ports::DefinitionKind::trigger, "t")->state))) return true;
    }
    return false;
  }

  tests::TestFolder folder_;
  std::unique_ptr<ports::DefinitionStore> store_;
  delta::TableCopy table_{"partitioned"};
  RecordingBus bus_;
  Result<void> readable_;
};

TEST_F(TriggerRunnerTest, AsksForATrainingOfWhatIsCommittedAfterIt) {
  table_.commit(0, 0);
  put({{"template", "monthly"}, {"models", {"ets"}}});
  const auto one = runner();
  one->start();
  await_decision("watching");
  table_.commit(1, 1);
  const auto order = await_order(1);
  EXPECT_EQ(versions_of(order), "1-1");
  EXPECT_EQ(order.cause.source, "trainyard/triggers/t");
  EXPECT_EQ(order.cause.subject, table_.path());
  EXPECT_EQ(order.trigger, "t");
  EXPECT_EQ(order.table, table_.path());
  EXPECT_EQ(order.template_name, "monthly");
  EXPECT_EQ(order.models, std::vector<std::string>{"ets"});
  EXPECT_EQ(order.config, R"({"horizon":3})");
  const auto event = json::parse(bus_.sent()[0].value);
  EXPECT_EQ(event["data"]["version"], 1);
  EXPECT_EQ(event["data"]["reason"], "3 rows have changed");
  const auto decisions = await_decision("fired");
  EXPECT_EQ(decisions.back().reason, "3 rows have changed");
  EXPECT_TRUE(await_state([](const json& state) { return !state.contains("firing"); }));
  EXPECT_EQ(bus_.sent().size(), 1U);
}

TEST_F(TriggerRunnerTest, WaitsForATableThatAppearsLater) {
  put();
  const auto one = runner();
  one->start();
  EXPECT_EQ(await_decision("watching")[0].reason, "until the table appears");
  table_.commit(0, 0);
  EXPECT_EQ(versions_of(await_order(1)), "0-0");
}

TEST_F(TriggerRunnerTest, SaysOfEveryCommitWhyItStartedNothing) {
  table_.commit(0, 3);
  put({{"min_rows", 100}, {"on_schema_change", "ignore"}});
  const auto one = runner();
  one->start();
  await_decision("watching");
  table_.commit(4, 5);
  const auto decisions = await_decision("waiting");
  EXPECT_EQ(decisions[1].outcome, "skipped");
  EXPECT_EQ(decisions[1].reason, "OPTIMIZE changed no data");
  EXPECT_EQ(decisions[2].reason, "1 rows of 100 have changed");
  EXPECT_TRUE(bus_.sent().empty());
}

TEST_F(TriggerRunnerTest, NoticesAnotherSchemaEvenWhenItBeganInTheMiddleOfTheLog) {
  table_.commit(0, 4);
  put({{"min_rows", 100}});
  const auto one = runner();
  one->start();
  await_decision("watching");
  table_.commit(5, 5);
  await_order(1);
  const auto decisions = await_decision("fired");
  EXPECT_EQ(decisions.at(1).reason, "the schema changed");
}

TEST_F(TriggerRunnerTest, TrainsTheChangedSegmentsAlone) {
  table_.commit(0, 0);
  put({{"changed_segments_only", true}, {"segment_col", "store"}});
  const auto one = runner();
  one->start();
  await_decision("watching");
  table_.commit(1, 1);
  EXPECT_EQ(await_order(1).segments, std::vector<std::string>{"north"});
}

TEST_F(TriggerRunnerTest, WaitsForTheRestOfAFileThatIsCutOff) {
  table_.commit(0, 0);
  put();
  const auto one = runner();
  one->start();
  await_decision("watching");
  table_.commit_half(1);
  EXPECT_NE(await_decision("waiting")[1].reason.find("cannot be read"), std::string::npos);
  table_.commit_rest(1);
  EXPECT_EQ(versions_of(await_order(1)), "1-1");
}

TEST_F(TriggerRunnerTest, MissesNoVersionThatWasCleanedAwayBeforeItWasRead) {
  table_.commit(0, 2);
  put({{"changed_segments_only", true}, {"segment_col", "store"}});
  {
    const auto first = runner();
    first->start();
    await_decision("watching");
  }
  table_.commit(3, 11);
  table_.clean_away(0, 9);
  const auto second = runner();
  second->start();
  const auto order = await_order(1);
  EXPECT_EQ(versions_of(order), "3-11");
  EXPECT_TRUE(order.segments.empty()) << "any segment may have changed";
}

TEST_F(TriggerRunnerTest, RestartsAndRivalsCoverEveryVersionOnce) {
  table_.commit(0, 0);
  put();
  for (int version = 0; version < 11; ++version) {
    const auto one = runner();
    const auto two = runner();
    one->start();
    two->start();
    if (version == 0) await_decision("watching");
    table_.commit(version + 1, version + 1);
  }
  const auto last = runner();
  last->start();
  const auto covered = [&] {
    std::vector<std::pair<int, int>> ranges;
    const auto decisions = *store_->decisions(ports::DefinitionKind::trigger, "t", {}, 1'000);
    for (const auto& decision : decisions) {
      const auto data = json::parse(decision.data);
      if (decision.outcome == "fired") ranges.emplace_back(data["from"], data["to"]);
      if (decision.outcome == "skipped") ranges.emplace_back(data["version"], data["version"]);
    }
    std::ranges::sort(ranges);
    return ranges;
  };
  const auto until = std::chrono::steady_clock::now() + 20s;
  while ((covered().empty() || covered().back().second < 11) &&
         std::chrono::steady_clock::now() < until) {
    std::this_thread::yield();
  }
  last->stop();
  std::set<int> seen;
  for (const auto& [from, to] : covered()) {
    for (int version = from; version <= to; ++version) {
      // A skipped commit may lie within a range that was trained on.
      if (version != 4 && version != 7 && version != 8) {
        EXPECT_TRUE(seen.insert(version).second) << "version " << version << " twice";
      }
    }
  }
  EXPECT_EQ(seen, (std::set<int>{1, 2, 3, 5, 6, 9, 10, 11}));
  std::set<int> told;
  for (const auto& id : ids()) {
    const auto from = std::stoi(id);
    for (int version = from; version <= std::stoi(id.substr(id.find('-') + 1)); ++version)
      EXPECT_TRUE(told.insert(version).second) << "version " << version << " under two ids";
  }
}

TEST_F(TriggerRunnerTest, TellsTheSameEventAgainWhenTheBusWasAway) {
  table_.commit(0, 0);
  put();
  bus_.fail_with(Error{.code = Errc::unavailable, .detail = "away"});
  {
    const auto one = runner();
    one->start();
    await_decision("watching");
    table_.commit(1, 1);
    await_order(2);
    EXPECT_EQ(await_decision("waiting").back().reason, "the event cannot be published: away");
  }
  table_.commit(2, 2);
  const auto first = ids();
  EXPECT_EQ(first.size(), 1U);
  bus_.fail_with(std::nullopt);
  const auto two = runner();
  two->start();
  ASSERT_TRUE(await_state([](const json& state) { return state["version"] == 2; }));
  for (const auto until = std::chrono::steady_clock::now() + 20s;
       ids().size() < 2 && std::chrono::steady_clock::now() < until;) {
    std::this_thread::yield();
  }
  EXPECT_TRUE(ids().contains(*first.begin())) << "what came in between did not change it";
  EXPECT_EQ(ids().size(), 2U);
}

TEST_F(TriggerRunnerTest, BeginsAnewWithATableThatWasMadeAnew) {
  table_.commit(0, 2);
  put();
  const auto one = runner();
  one->start();
  await_decision("watching");
  table_.commit(3, 3);
  const auto first = await_order(1);
  EXPECT_EQ(versions_of(first), "3-3");
  ASSERT_TRUE(await_state([](const json& state) { return !state.contains("firing"); }));
  table_.clean_away(0, 3);
  table_.commit(0, 0);
  await_decision("noticed");
  EXPECT_EQ(versions_of(await_order(2)), "0-0");
}

TEST_F(TriggerRunnerTest, DoesNotReadATableThatMayNotBeReadAnyMoreAndSaysSo) {
  table_.commit(0, 0);
  readable_ = fail(Errc::forbidden, "this path leads out");
  put({{"start", "earliest"}});
  const auto one = runner();
  one->start();
  EXPECT_EQ(await_decision("waiting").back().reason, "the log cannot be read: this path leads out");
  one->stop();
  EXPECT_TRUE(bus_.sent().empty());
}

TEST_F(TriggerRunnerTest, LeavesADisabledOneAlone) {
  table_.commit(0, 0);
  put({{"enabled", false}, {"start", "earliest"}});
  const auto one = runner();
  one->start();
  put({{"enabled", true}, {"start", "earliest"}});
  EXPECT_EQ(versions_of(await_order(1)), "0-0");
  EXPECT_EQ(await_decision("watching")[0].reason, "from the first version on");
}

}  // namespace
}  // namespace trainyard::control

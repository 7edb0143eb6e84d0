#include "api/control/outbox_relay.hpp"

#include "common/adapters/embedded_bus/embedded_bus.hpp"
#include "common/wire/job_events.hpp"
#include "tests/unit/control/fake_store.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <thread>

namespace trainyard::control {
namespace {

using embedded_bus::EmbeddedBus;
using ::testing::ElementsAre;
using testing::FakeStore;

constexpr milliseconds patience{20'000};

// A job that was created and submitted in one commit.
ports::OutboxEntry accepted(std::int64_t id, JobId job_id = JobId::make()) {
  auto change = domain::create(
      {.id = job_id, .correlation_id = "req-1", .submit = true, .entry = domain::Entry::announced},
      {});
  return {.id = id,
          .job = change.job,
          .history = change.history,
          .dispatch_no = change.job.dispatch_no,
          .batch = {}};
}

ports::OutboxEntry started(std::int64_t id, const domain::Job& job) {
  auto change = domain::decide(
      job, domain::Claim{job.id, job.dispatch_no, "w", ClaimToken::make(), milliseconds(1'000)},
      {});
  return {.id = id, .job = change->job, .history = change->history, .dispatch_no = {}, .batch = {}};
}

std::vector<std::string> ids_of(ports::Subscription& reader, std::size_t count) {
  std::vector<std::string> ids;
  while (ids.size() < count) {
    const auto got = reader.poll(100, patience);
    if (!got || got->empty()) break;
    for (const auto& delivery : *got) {
      const auto event = wire::parse_cloud_event(delivery.message.value);
      EXPECT_TRUE(event) << describe(event.error());
      EXPECT_EQ(delivery.message.key, event->subject);
      EXPECT_EQ(delivery.message.headers.at("correlation_id"), event->correlation_id);
      ids.push_back(event->id);
    }
  }
  return ids;
}

auto has_rows(std::size_t count) {
  return [count](FakeStore& store) { return store.outbox_.size() == count; };
}

// Refuses everything while it is away.
class FlakyBus final : public ports::EventBus {
 public:
  explicit FlakyBus(ports::EventBus& inner) : inner_(inner) {}
  void publish(std::span<const ports::Message> messages,
               const std::function<void(std::size_t, Result<void>)>& report) override {
    ++calls;
    if (!is_away) return inner_.publish(messages, report);
    for (std::size_t i = 0; i < messages.size(); ++i)
      report(i, fail(Errc::unavailable, "away"));
  }
  Result<std::unique_ptr<ports::Subscription>> subscribe(
      const ports::SubscribeOptions& options) override {
    return inner_.subscribe(options);
  }
  Result<std::vector<ports::Position>> end_of(const std::string& topic) override {
    return inner_.end_of(topic);
  }
  Result<void> ping() override { return inner_.ping(); }

  std::atomic<bool> is_away = false;
  std::atomic<int> calls = 0;

 private:
  ports::EventBus& inner_;
};

class OutboxRelayTest : public ::testing::Test {
 protected:
  void start() {
    relay = std::make_unique<OutboxRelay>(
        log::Log(), store, bus,
        RelayOptions{
            .rescan = std::chrono::hours(1),
            .done_linger = milliseconds(1),
            .backoff = {.first = milliseconds(1), .last = milliseconds(10)},
            .on_wait = [this](TimePoint at) { retry_at = at; },
            .on_batch_end =
                [this](const domain::Batch& batch) { ended_batches.push_back(batch.id); }});
    relay->start();
  }

  std::unique_ptr<ports::Subscription> work() {
    return *bus.subscribe({.topics = {ports::topics::train_requested}, .group = "workers"});
  }

  FakeStore store;
  EmbeddedBus inner{{.groups = {{ports::topics::train_requested, {"workers"}}}}};
  FlakyBus bus{inner};
  std::unique_ptr<ports::Subscription> events =
      *bus.subscribe({.topics = {ports::topics::job_events}, .group = std::nullopt});
  std::atomic<TimePoint> retry_at{TimePoint::min()};
  std::vector<BatchId> ended_batches;  // read once their event has arrived
  std::unique_ptr<OutboxRelay> relay;
};

TEST_F(OutboxRelayTest, TellsACommitAndDeletesItsRowWhenTheWorkIsClaimed) {
  start();
  const auto entry = accepted(1);
  const auto job_id = entry.job->id.to_string();
  store.put(entry);
  EXPECT_THAT(ids_of(*events, 2), ElementsAre(job_id + ":1", job_id + ":2"));
  const auto worker = work();
  const auto got = *worker->poll(10, patience);
  ASSERT_EQ(got.size(), 1u);
  const auto request = wire::parse_train_requested(got[0].message.value);
  ASSERT_TRUE(request) << describe(request.error());
  EXPECT_EQ(request->request.job_id, entry.job->id);
  EXPECT_EQ(request->request.dispatch_no, 1);
  EXPECT_EQ(request->correlation_id, "req-1");
  EXPECT_EQ(store.rows(), 1u);
  worker->done(std::array{got[0].position});
  EXPECT_TRUE(store.eventually(has_rows(0)));
}

TEST_F(OutboxRelayTest, GoesOnWhileAnnouncementsWaitForAWorker) {
  start();
  for (int id = 1; id <= 100; ++id)
    store.put(accepted(id));
  EXPECT_EQ(ids_of(*events, 200).size(), 200u);
  const auto waiting = accepted(101);
  store.put(waiting);
  store.put(started(102, *waiting.job));
  const auto job_id = waiting.job->id.to_string();
  EXPECT_THAT(ids_of(*events, 3), ElementsAre(job_id + ":1", job_id + ":2", job_id + ":3"));
  EXPECT_TRUE(store.eventually(has_rows(101)));
}

TEST_F(OutboxRelayTest, TellsAgainAfterARestartWhatWasNotDone) {
  start();
  const auto entry = accepted(1);
  store.put(entry);
  const auto job_id = entry.job->id.to_string();
  EXPECT_THAT(ids_of(*events, 2), ElementsAre(job_id + ":1", job_id + ":2"));
  relay.reset();
  start();
  EXPECT_THAT(ids_of(*events, 2), ElementsAre(job_id + ":1", job_id + ":2"));
}

TEST_F(OutboxRelayTest, LivesThroughAnOutageOfTheBus) {
  bus.is_away = true;
  start();
  const auto first = accepted(1);
  store.put(first);
  store.put(started(2, *first.job));
  while (bus.calls < 3)
    std::this_thread::yield();
  bus.is_away = false;
  const auto job_id = first.job->id.to_string();
  EXPECT_THAT(ids_of(*events, 3), ElementsAre(job_id + ":1", job_id + ":2", job_id + ":3"));
  EXPECT_TRUE(store.eventually(has_rows(1)));
}

TEST_F(OutboxRelayTest, LivesThroughAnOutageOfTheStore) {
  start();
  store.set_away(true);
  const auto first = accepted(1);
  store.put(first);
  const auto tried = store.queries;
  EXPECT_TRUE(store.eventually([tried](FakeStore& s) { return s.queries >= tried; }));
  store.set_away(false);
  EXPECT_EQ(ids_of(*events, 2).size(), 2u);
}

TEST_F(OutboxRelayTest, TellsTheEndOfABatch) {
  start();
  store.change([](FakeStore& s) { s.counts = {.total = 3, .completed = 2, .failed = 1}; });
  domain::Batch batch{.id = BatchId::make()};
  store.put({.id = 7, .job = {}, .history = {}, .dispatch_no = {}, .batch = batch});
  EXPECT_THAT(ids_of(*events, 1), ElementsAre(batch.id.to_string() + ":completed:7"));
  EXPECT_TRUE(store.eventually(has_rows(0)));
  EXPECT_THAT(ended_batches, ElementsAre(batch.id));
}

TEST_F(OutboxRelayTest, TellsTheWorkersWhatToStop) {
  const auto control =
      *bus.subscribe({.topics = {ports::topics::job_control}, .group = std::nullopt});
  start();
  const auto running = started(1, *accepted(0).job);
  const auto cancelled = domain::decide(*running.job, domain::Cancel{running.job->id}, {});
  store.put({.id = 2,
             .job = cancelled->job,
             .history = cancelled->history,
             .dispatch_no = {},
             .batch = {}});
  const auto id = running.job->id.to_string() + ":4";
  EXPECT_THAT(ids_of(*control, 1), ElementsAre(id));
  EXPECT_THAT(ids_of(*events, 1), ElementsAre(id));
}

TEST_F(OutboxRelayTest, SpeaksOfRetriesToTheDispatcher) {
  start();
  auto entry = accepted(1);
  entry.job->next_attempt_at = TimePoint(std::chrono::seconds(42));
  store.put(entry);
  EXPECT_EQ(ids_of(*events, 2).size(), 2u);
  EXPECT_EQ(retry_at.load(), *entry.job->next_attempt_at);
}

TEST_F(OutboxRelayTest, AsksNothingWhileNothingHappens) {
  start();
  store.put(started(1, *accepted(1).job));
  EXPECT_TRUE(store.eventually(has_rows(0)));
  EXPECT_LE(store.queries, 4);
}

TEST_F(OutboxRelayTest, StopsBeforeItStarts) {
  OutboxRelay idle(log::Log(), store, bus, {});
  idle.stop();
  idle.stop();
}

}  // namespace
}  // namespace trainyard::control

#include "worker/runner/log_reporter.hpp"

#include "common/adapters/embedded_bus/embedded_bus.hpp"
#include "common/wire/cloud_event.hpp"
#include "tests/support/memory_store/memory_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <thread>

namespace trainyard::runner {
namespace {

using ::testing::HasSubstr;

class LogReporterTest : public ::testing::Test {
 protected:
  std::vector<domain::LogLine> lines(std::initializer_list<const char*> texts) {
    std::vector<domain::LogLine> made;
    for (const auto* text : texts)
      made.push_back({.job_id = job, .seq = ++seq_, .at = system_clock().now(), .text = text});
    return made;
  }
  void open() {
    thread_ = std::jthread([this](std::stop_token stop) { reporter.run(stop); });
  }
  void close() {
    thread_.request_stop();
    thread_.join();
  }

  const JobId job = JobId::make();
  memory_store::MemoryLog store;
  embedded_bus::EmbeddedBus bus{{}};
  LogReporter reporter{log::Log(), store, bus, "worker"};

 private:
  std::int64_t seq_ = domain::log_seq_before(1);
  std::jthread thread_;
};

TEST_F(LogReporterTest, StoresLinesAndTellsThemOnTheBus) {
  const auto news = bus.subscribe({.topics = {ports::topics::job_events}}).value();
  reporter.report(lines({"one", "two"}));
  open();
  EXPECT_EQ(store.await(job, "two").size(), 2u);
  const auto deliveries = news->poll(1, std::chrono::seconds(60)).value();
  ASSERT_EQ(deliveries.size(), 1u);
  const auto event = wire::parse_cloud_event(deliveries.front().message.value);
  ASSERT_TRUE(event) << describe(event.error());
  EXPECT_EQ(event->type, "trainyard.job.log.v1");
  EXPECT_EQ(event->subject, job.to_string());
  EXPECT_EQ(nlohmann::json::parse(event->data)["lines"][1]["line"], "two");
}

TEST_F(LogReporterTest, WritesNothingForJobsThatWriteNothing) {
  open();
  reporter.report({});
  close();
  EXPECT_EQ(store.appends(), 0);
}

TEST_F(LogReporterTest, StoresManyLinesTogether) {
  for (int i = 0; i < 1'000; ++i)
    reporter.report(lines({"line"}));
  reporter.report(lines({"last"}));
  open();
  EXPECT_EQ(store.await(job, "last").size(), 1'001u);
  EXPECT_EQ(store.appends(), 1);
}

TEST_F(LogReporterTest, KeepsLinesWhileTheStoreIsAway) {
  store.set_away(true);
  reporter.report(lines({"one"}));
  open();
  store.await_appends(2);
  reporter.report(lines({"two"}));
  store.set_away(false);
  const auto stored = store.await(job, "two");
  ASSERT_EQ(stored.size(), 2u);
  EXPECT_EQ(stored.front().text, "one");
}

TEST_F(LogReporterTest, CountsWhatItCannotKeepAndSaysSoInItsPlace) {
  for (int i = 0; i < 20'003; ++i)
    reporter.report(lines({"line"}));
  open();
  const auto stored = store.await(job, "lost");
  ASSERT_EQ(stored.size(), 20'001u);
  EXPECT_THAT(stored.back().text, HasSubstr("3 lines are lost here"));
  EXPECT_EQ(stored.back().level, LineLevel::warning);
}

TEST_F(LogReporterTest, PassesOnWhatWaitsBeforeItStops) {
  open();
  reporter.report(lines({"last words"}));
  close();
  EXPECT_EQ(store.await(job, "last words").size(), 1u);
}

}  // namespace
}  // namespace trainyard::runner

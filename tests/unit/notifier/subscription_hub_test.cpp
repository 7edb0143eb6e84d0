#include "api/notifier/subscription_hub.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trainyard::notifier {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string job_a = JobId::make().to_string();
const std::string job_b = JobId::make().to_string();
const std::string batch = BatchId::make().to_string();

wire::News transition(const std::string& job, std::int64_t version, const std::string& type,
                      bool active = true) {
  return {.kind = wire::News::Kind::transition,
          .type = type,
          .subject = job,
          .batch_id = batch,
          .user_id = "ann",
          .version = version,
          .is_active = active,
          .is_terminal = type == "job.completed",
          .data = fmt::format(R"({{"version":{}}})", version)};
}

wire::News progress(const std::string& job, std::int64_t fence, std::int64_t n) {
  return {.kind = wire::News::Kind::progress,
          .type = "job.progress",
          .subject = job,
          .batch_id = batch,
          .user_id = "ann",
          .fence = fence,
          .n = n,
          .data = fmt::format(R"({{"n":{}}})", n)};
}

wire::News log_lines(const std::string& job, int first) {
  return {.kind = wire::News::Kind::log,
          .type = "job.log",
          .subject = job,
          .data = fmt::format(R"({{"first":{}}})", first)};
}

class HubWithoutStreamTest : public ::testing::Test {
 protected:
  explicit HubWithoutStreamTest(SubscriptionHub::Options options = {})
      : hub(options), ann(hub.connect("ann")) {}

  // Answers the tickets of the snapshots to load.
  std::vector<std::uint64_t> start_stream() {
    std::vector<std::uint64_t> tickets;
    for (const auto& action : hub.stream_started({.epoch = "e1", .next = {0, 0}})) {
      if (const auto* load = std::get_if<LoadSnapshot>(&action)) tickets.push_back(load->ticket);
    }
    return tickets;
  }

  Actions publish(wire::News news, int partition = 0) {
    return hub.published({.epoch = "e1", .partition = partition, .offset = offsets[partition]++},
                         std::move(news));
  }
  // Subscribes and answers the ticket of the snapshot to load.
  std::uint64_t subscribe(const std::string& topic, const std::string& since = "") {
    const auto actions = hub.received(
        ann, fmt::format(R"({{"op":"subscribe","id":1,"topic":"{}"{}}})", topic, since));
    for (const auto& action : actions) {
      if (const auto* load = std::get_if<LoadSnapshot>(&action)) return load->ticket;
    }
    return 0;
  }
  void go_live(const std::string& topic, std::vector<Snapshot::Seen> seen = {}) {
    const auto ticket = subscribe(topic);
    hub.snapshot_loaded(ann, ticket, Snapshot{.json = "{}", .seen = std::move(seen)});
    frames();
  }
  std::vector<std::string> frames() {
    std::vector<std::string> all;
    while (auto frame = hub.next_frame(ann))
      all.push_back(*frame->text);
    return all;
  }

  SubscriptionHub hub;
  ClientId ann;
  std::int64_t offsets[2] = {0, 0};
};

class HubTest : public HubWithoutStreamTest {
 protected:
  explicit HubTest(SubscriptionHub::Options options = {}) : HubWithoutStreamTest(options) {
    start_stream();
  }
};

TEST_F(HubWithoutStreamTest, SendsASnapshotAtOnceAndAnotherWhenTheStreamStarts) {
  hub.snapshot_loaded(
      ann, subscribe("job:" + job_a),
      Snapshot{.json = R"({"version":2})", .seen = {{.job_id = job_a, .version = 2}}});
  EXPECT_THAT(frames(), ElementsAre(HasSubstr(R"("position":null,"snapshot":{"version":2})")));
  const auto tickets = start_stream();
  ASSERT_EQ(tickets.size(), 1U);
  publish(transition(job_a, 4, "job.started"));
  hub.snapshot_loaded(
      ann, tickets[0],
      Snapshot{.json = R"({"version":3})", .seen = {{.job_id = job_a, .version = 3}}});
  EXPECT_THAT(frames(), ElementsAre(HasSubstr(R"("offset":"0.0"},"snapshot":{"version":3})"),
                                    HasSubstr("job.started")));
}

TEST_F(HubWithoutStreamTest, ForgetsASnapshotThatTheStartOfTheStreamOvertook) {
  const auto early = subscribe("job:" + job_a);
  const auto tickets = start_stream();
  ASSERT_EQ(tickets.size(), 1U);
  hub.snapshot_loaded(ann, early, Snapshot{.json = "{}", .seen = {}});
  EXPECT_THAT(frames(), IsEmpty());
  hub.snapshot_loaded(ann, tickets[0], Snapshot{.json = "{}", .seen = {}});
  EXPECT_THAT(frames(), ElementsAre(HasSubstr(R"("epoch":"e1")")));
}

TEST_F(HubTest, SendsTheSnapshotFirstAndThenWhatIsNewer) {
  const auto ticket = subscribe("job:" + job_a);
  publish(transition(job_a, 2, "job.submitted"));
  publish(transition(job_a, 3, "job.started"));
  EXPECT_THAT(frames(), IsEmpty());
  hub.snapshot_loaded(ann, ticket,
                      Snapshot{.json = R"({"job":1})", .seen = {{.job_id = job_a, .version = 2}}});
  const auto sent = frames();
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_EQ(sent[0],
            fmt::format(R"({{"op":"subscribed","id":1,"topic":"job:{}","recovered":false,)"
                        R"("position":{{"epoch":"e1","offset":"0.0"}},"snapshot":{{"job":1}}}})",
                        job_a));
  EXPECT_EQ(sent[1],
            fmt::format(R"({{"op":"event","topic":"job:{}","position":{{"epoch":"e1",)"
                        R"("offset":"2.0"}},"type":"job.started","data":{{"version":3}}}})",
                        job_a));
}

TEST_F(HubTest, DropsRepeatsAndStragglers) {
  go_live("batch:" + batch);
  publish(transition(job_a, 3, "job.started"));
  publish(transition(job_a, 3, "job.started"));
  publish(transition(job_a, 2, "job.submitted"));
  publish(progress(job_a, 1, 2));
  publish(progress(job_a, 1, 1));
  EXPECT_EQ(frames().size(), 2U);
  publish(transition(job_a, 4, "job.completed", false));
  publish(progress(job_a, 1, 3));
  EXPECT_THAT(frames(), ElementsAre(HasSubstr("job.completed")));
}

TEST_F(HubTest, DropsProgressOfAJobThatTheSnapshotShowsEnded) {
  go_live("job:" + job_a, {{.job_id = job_a, .version = 5, .is_terminal = true}});
  publish(progress(job_a, 1, 9));
  EXPECT_THAT(frames(), IsEmpty());
}

TEST_F(HubTest, SendsOnlyWhatWasAskedFor) {
  go_live("job:" + job_a);
  publish(transition(job_b, 2, "job.submitted"));
  EXPECT_THAT(frames(), IsEmpty());
  publish(transition(job_a, 2, "job.submitted"));
  EXPECT_EQ(frames().size(), 1U);
  hub.received(ann, R"({"op":"unsubscribe","id":2,"topic":"job:)" + job_a + "\"}");
  frames();
  publish(transition(job_a, 3, "job.started"));
  EXPECT_THAT(frames(), IsEmpty());
}

TEST_F(HubTest, TellsTheEndOfABatchToItsSubscribers) {
  go_live("batch:" + batch);
  publish({.kind = wire::News::Kind::batch_end,
           .type = "batch.completed",
           .subject = batch,
           .user_id = "ann",
           .version = 1,
           .data = "{}"});
  EXPECT_THAT(frames(), ElementsAre(HasSubstr("batch.completed")));
}

TEST_F(HubTest, ReplacesProgressThatWaitsByNewerInTheOrderOfPositions) {
  go_live("batch:" + batch);
  publish(progress(job_a, 1, 1));
  publish(transition(job_b, 2, "job.started"));
  publish(progress(job_a, 1, 2));
  EXPECT_THAT(frames(), ElementsAre(HasSubstr("job.started"), HasSubstr(R"("n":2)")));
}

TEST_F(HubTest, SendsLinesOfALogToWhoLooksAtThatJobAlone) {
  go_live("batch:" + batch);
  go_live("mine");
  publish(log_lines(job_a, 1));
  EXPECT_THAT(frames(), IsEmpty());
  go_live("job:" + job_a, {{.job_id = job_a, .version = 5, .is_terminal = true}});
  publish(log_lines(job_b, 1));
  publish(log_lines(job_a, 1));
  publish(log_lines(job_a, 2));
  EXPECT_THAT(frames(),
              ElementsAre(HasSubstr(R"("data":{"first":1})"), HasSubstr(R"("data":{"first":2})")));
}

TEST_F(HubTest, ReplaysWhatAReturningClientMissed) {
  go_live("mine");
  publish(transition(job_a, 2, "job.submitted"), 0);
  publish(transition(job_b, 2, "job.submitted"), 1);
  publish(transition(job_a, 3, "job.started"), 0);
  const std::string since = R"(,"since":{"epoch":"e1","offset":"1.0"})";
  EXPECT_EQ(subscribe("mine", since), 0U);
  const auto sent = frames();
  ASSERT_GE(sent.size(), 3U);
  EXPECT_THAT(sent[sent.size() - 3], HasSubstr(R"("recovered":true)"));
  EXPECT_THAT(sent[sent.size() - 2], HasSubstr(R"("offset":"1.1")"));
  EXPECT_THAT(sent.back(), HasSubstr("job.started"));
}

TEST_F(HubTest, SendsASnapshotWhereTheStreamIsAnotherOrTooYoung) {
  EXPECT_NE(subscribe("mine", R"(,"since":{"epoch":"e0","offset":"0.0"})"), 0U);
  EXPECT_NE(subscribe("mine", R"(,"since":{"epoch":"e1","offset":"7.0"})"), 0U);
  EXPECT_NE(subscribe("mine", R"(,"since":{"epoch":"e1","offset":"x"})"), 0U);
}

TEST_F(HubTest, SnapshotsEverySubscriptionAgainWhenTheStreamRestarts) {
  go_live("mine");
  go_live("job:" + job_a);
  EXPECT_EQ(hub.stream_started({.epoch = "e2", .next = {0}}).size(), 2U);
}

TEST_F(HubTest, EndsASubscriptionThatMayNotBeSeen) {
  const auto ticket = subscribe("job:" + job_a);
  publish(transition(job_a, 2, "job.submitted"));
  hub.snapshot_loaded(ann, ticket, fail(Errc::forbidden, "not yours"));
  EXPECT_THAT(frames(), ElementsAre(HasSubstr("\"op\":\"error\"")));
  publish(transition(job_a, 3, "job.started"));
  EXPECT_THAT(frames(), IsEmpty());
}

TEST_F(HubTest, KeepsTheMineOfUsersApart) {
  go_live("mine");
  auto news = transition(job_a, 2, "job.submitted");
  news.user_id = "bob";
  publish(std::move(news));
  EXPECT_THAT(frames(), IsEmpty());
}

TEST_F(HubTest, AnswersNonsenseWithAnError) {
  for (const auto* text : {"{", "[]", R"({"op":"dance"})", R"({"op":"subscribe"})",
                           R"({"op":"subscribe","topic":"job:7"})"}) {
    hub.received(ann, text);
    EXPECT_THAT(frames(), ElementsAre(HasSubstr("\"op\":\"error\""))) << text;
  }
  hub.received(ann, R"({"op":"ping","id":"x"})");
  EXPECT_THAT(frames(), ElementsAre(R"({"op":"pong","id":"x"})"));
}

TEST_F(HubTest, TellsEveryoneWhenItCloses) {
  EXPECT_EQ(hub.close_all("the server is stopping", 1000).size(), 1U);
  EXPECT_TRUE(hub.is_closing(ann));
  EXPECT_THAT(
      frames(),
      ElementsAre(R"({"op":"closing","reason":"the server is stopping","retry_after_ms":1000})"));
}

class SmallHubTest : public HubTest {
 protected:
  SmallHubTest() : HubTest({.ring_entries_max = 3, .outbox_frames_max = 3}) {}
};

TEST_F(SmallHubTest, LeavesOutProgressButNoTransition) {
  go_live("batch:" + batch);
  for (int i = 0; i < 3; ++i)
    publish(progress(JobId::make().to_string(), 1, 1));
  for (int i = 2; i < 5; ++i)
    publish(transition(job_a, i, "job.completed", false));
  EXPECT_THAT(frames(), ElementsAre(HasSubstr(R"("version":2)"), HasSubstr(R"("version":3)"),
                                    HasSubstr(R"("version":4)")));
}

TEST_F(SmallHubTest, LeavesOutLinesOfALogButNoTransition) {
  go_live("job:" + job_a);
  for (int i = 1; i < 6; ++i)
    publish(log_lines(job_a, i));
  publish(transition(job_a, 2, "job.completed", false));
  EXPECT_FALSE(hub.is_closing(ann));
  EXPECT_THAT(frames(), ElementsAre(HasSubstr(R"("first":4)"), HasSubstr(R"("first":5)"),
                                    HasSubstr(R"("version":2)")));
}

TEST_F(SmallHubTest, GivesLinesOfALogNoRoomInTheRing) {
  publish(transition(job_a, 2, "job.started"));
  for (int i = 1; i < 20; ++i)
    publish(log_lines(job_a, i));
  EXPECT_EQ(subscribe("mine", R"(,"since":{"epoch":"e1","offset":"0.0"})"), 0U);
}

TEST_F(SmallHubTest, ClosesAClientThatCannotTakeItsTransitions) {
  go_live("batch:" + batch);
  for (int i = 2; i < 6; ++i)
    publish(transition(job_a, i, "job.completed", false));
  EXPECT_TRUE(hub.is_closing(ann));
  EXPECT_THAT(frames(), ElementsAre(HasSubstr("too slow")));
}

TEST_F(SmallHubTest, DoesNotPretendToRecoverWhatHasLeftTheRing) {
  for (int i = 2; i < 7; ++i)
    publish(transition(job_a, i, "job.started"));
  EXPECT_NE(subscribe("mine", R"(,"since":{"epoch":"e1","offset":"1.0"})"), 0U);
  EXPECT_EQ(subscribe("mine", R"(,"since":{"epoch":"e1","offset":"2.0"})"), 0U);
}

}  // namespace
}  // namespace trainyard::notifier

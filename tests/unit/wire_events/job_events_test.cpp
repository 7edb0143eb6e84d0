#include "common/wire/job_events.hpp"

#include "common/domain/job_command.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace trainyard::wire {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

constexpr TimePoint noon{std::chrono::hours(12)};

// Everything that is built must be valid by its own schema; the answer is its data.
nlohmann::json data_of(const CloudEvent& event) {
  const auto parsed = parse_cloud_event(to_json(event));
  EXPECT_TRUE(parsed) << describe(parsed.error()) << to_json(event);
  return nlohmann::json::parse(event.data);
}

domain::JobChange submitted() {
  return domain::create({.id = JobId::make(),
                         .batch_id = BatchId::make(),
                         .user_id = "local_user",
                         .segment_id = "store \"12\"\n",
                         .model = "theta",
                         .correlation_id = "req-1",
                         .submit = true,
                         .entry = domain::Entry::announced},
                        noon);
}

domain::JobChange after(const domain::Job& job, const domain::JobCommand& command) {
  return *domain::decide(job, command, noon);
}

TEST(JobEvent, IdentifiesATransitionByJobAndVersion) {
  const auto change = submitted();
  ASSERT_THAT(change.history, SizeIs(2));
  const auto event = job_event(change.job, change.history[1], "trainyard/control/a");
  EXPECT_EQ(event.id, change.job.id.to_string() + ":2");
  EXPECT_EQ(event.type, "trainyard.job.submitted.v1");
  EXPECT_EQ(event.subject, change.job.id.to_string());
  EXPECT_EQ(event.correlation_id, "req-1");
  EXPECT_EQ(event.time, noon);
  const auto data = data_of(event);
  EXPECT_EQ(data.at("event"), "JOB_SUBMITTED");
  EXPECT_EQ(data.at("segment_id"), "store \"12\"\n");
  EXPECT_EQ(data.at("from"), "pending");
  EXPECT_EQ(data.at("status"), "submitting");
  EXPECT_EQ(data.at("progress"), 0);
}

TEST(JobEvent, DoesNotTellTodaysProgressOfAnEarlierTransition) {
  const auto change = submitted();
  const auto data = data_of(job_event(change.job, change.history[0], "s"));
  EXPECT_TRUE(data.at("from").is_null());
  EXPECT_TRUE(data.at("progress").is_null());
  EXPECT_TRUE(data.at("current_step").is_null());
}

TEST(JobEvent, IsValidForEveryTransition) {
  const auto waiting = submitted();
  const auto running = after(waiting.job, domain::Claim{waiting.job.id, 1, "w", ClaimToken::make(),
                                                        std::chrono::minutes(1)});
  const auto finish = [&running](auto outcome) {
    return after(running.job, domain::Finish{running.job.id, running.job.fence, outcome});
  };
  const Error passing{.code = Errc::unavailable, .detail = "the broker\xff is away"};
  const Error lasting{.code = Errc::invalid_argument, .detail = "text in column y"};
  const auto cancelling = after(running.job, domain::Cancel{running.job.id});
  const std::vector<domain::JobChange> changes{
      waiting,
      running,
      finish(domain::Succeeded{.metrics = R"({"theta":{"mape":5.2}})"}),
      finish(domain::Failed{.error = passing}),
      finish(domain::Failed{.error = lasting}),
      finish(domain::HandedBack{}),
      cancelling,
      after(cancelling.job, domain::Finish{running.job.id, running.job.fence, domain::Stopped{}})};
  std::set<std::string> types;
  for (const auto& change : changes) {
    for (const auto& entry : change.history) {
      const auto event = job_event(change.job, entry, "s");
      data_of(event);
      types.insert(event.type);
    }
  }
  EXPECT_THAT(types, SizeIs(domain::all_events.size() - 1)) << "all but progress";
}

TEST(JobEvent, TellsWhyAndWhenAgain) {
  const auto waiting = submitted();
  const auto running = after(waiting.job, domain::Claim{waiting.job.id, 1, "w", ClaimToken::make(),
                                                        std::chrono::minutes(1)});
  const auto retrying =
      after(running.job,
            domain::Finish{running.job.id, running.job.fence,
                           domain::Failed{.error = {.code = Errc::unavailable, .detail = "away"}}});
  const auto data = data_of(job_event(retrying.job, retrying.history.at(0), "s"));
  EXPECT_THAT(data.at("error").get<std::string>(), HasSubstr("away"));
  EXPECT_EQ(data.at("category"), "transient");
  EXPECT_EQ(data.at("next_attempt_at"), to_iso8601(*retrying.job.next_attempt_at));
}

TEST(JobProgressEvent, CarriesFenceAndNumber) {
  const auto event = progress_event({.job_id = JobId::make(),
                                     .user_id = "u",
                                     .fence = 3,
                                     .n = 7,
                                     .progress = 40,
                                     .current_step = "Fitting",
                                     .metrics = "{}",
                                     .at = noon},
                                    "s");
  EXPECT_EQ(event.id, event.subject + ":3:p7");
  EXPECT_EQ(data_of(event).at("progress"), 40);
}

TEST(TrainRequestedEvent, ComesBackAsItWas) {
  const TrainRequested request{.job_id = JobId::make(), .dispatch_no = 4};
  const auto event = train_requested_event(request, "req-1", "s", noon);
  EXPECT_EQ(event.id, request.job_id.to_string() + ":d4");
  const auto received = parse_train_requested(to_json(event));
  ASSERT_TRUE(received) << describe(received.error());
  EXPECT_EQ(received->request.job_id, request.job_id);
  EXPECT_EQ(received->request.dispatch_no, 4);
  EXPECT_EQ(received->correlation_id, "req-1");
}

TEST(TrainRequestedEvent, RefusesOtherTypesAndBadIds) {
  const auto change = submitted();
  const auto other = parse_train_requested(to_json(job_event(change.job, change.history[0], "s")));
  EXPECT_EQ(other.error().code, Errc::not_found);
  auto event = train_requested_event({JobId::make(), 1}, "", "s", noon);
  event.data = R"({"job_id":"not-an-id-but-36-characters-long-----","dispatch_no":1})";
  EXPECT_EQ(parse_train_requested(to_json(event)).error().field, "data.job_id");
}

TEST(BatchCompletedEvent, TellsTheCounts) {
  const domain::Batch batch{.id = BatchId::make(), .user_id = "u", .completed_at = noon};
  const auto event = batch_completed_event(
      batch, {.total = 5, .completed = 3, .failed = 1, .cancelled = 1}, 9, "s");
  EXPECT_EQ(event.id, batch.id.to_string() + ":completed:9");
  EXPECT_EQ(data_of(event).at("status"), "partial");
}

TEST(MessageRefusedEvent, KeepsBytesThatAreNoText) {
  const auto data = data_of(message_refused_event(
      {.topic = "t", .partition = 1, .offset = 2, .key = "\xff", .reason = "r", .message = "a\xff"},
      "s", noon));
  EXPECT_EQ(data.at("message"), "a\uFFFD");
}

}  // namespace
}  // namespace trainyard::wire

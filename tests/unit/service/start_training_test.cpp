#include "api/service/start_training.hpp"

#include "api/service/definitions.hpp"
#include "api/service/schedules.hpp"
#include "api/service/triggers.hpp"
#include "common/adapters/sqlite/sqlite_store.hpp"
#include "common/adapters/tzdb/find_zone.hpp"
#include "tests/support/test_folder.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace trainyard::service {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 3> models{"auto", "ets", "theta"};
const Caller ada{.user_id = "ada", .correlation_id = "request"};
const Caller grace{.user_id = "grace", .correlation_id = "request"};
const Caller system{};

class StartTraining : public ::testing::Test {
 protected:
  StartTraining()
      : database_(*sqlite::open_database({.path = folder_.path() / "jobs.db"})),
        jobs_(sqlite::make_job_store(database_)),
        definitions_(sqlite::make_definition_store(database_)),
        line_(sqlite::make_dispatch_store(database_)),
        gate_(*line_) {
    intake_.check_config = [](std::string_view config) {
      return check_config(config, {.models = models});
    };
    intake_.inspect = [](const domain::ForecastSpec&) -> Result<DataLayout> {
      return DataLayout{
          .time_col = "ds", .target_col = "y", .segment_col = "s", .segments = {"north", "south"}};
    };
  }

  Starting with() {
    return {.jobs = *jobs_,
            .definitions = *definitions_,
            .gate = gate_,
            .intake = intake_,
            .clock = system_clock()};
  }
  static wire::TrainingOrder order(const std::string& id, const json& config = json::object()) {
    return {.cause = {.id = id, .source = "test", .subject = "s", .type = "t"},
            .correlation_id = {},
            .user_id = {},
            .table = "main.sales",
            .data_path = {},
            .segments = {"north"},
            .models = {},
            .template_name = {},
            .config = config.dump()};
  }
  Result<StartedTraining> start(const wire::TrainingOrder& order, const Caller& caller = ada) {
    return start_training(with(), caller, order);
  }
  std::vector<domain::Job> jobs_of(BatchId batch) {
    auto jobs = jobs_->list({.batch_id = batch})->jobs;
    std::ranges::reverse(jobs);
    return jobs;
  }
  void complete(BatchId batch) {
    for (const auto& job : jobs_of(batch)) {
      apply(domain::Admit{.job_id = job.id, .dispatch_no = job.dispatch_no});
      const auto waiting = *jobs_->get(job.id);
      apply(domain::Claim{.job_id = job.id,
                          .dispatch_no = waiting.dispatch_no,
                          .worker_id = "w",
                          .token = ClaimToken::make(),
                          .lease = std::chrono::hours(1)});
      apply(domain::Finish{
          .job_id = job.id,
          .fence = jobs_->get(job.id)->fence,
          .outcome = domain::Succeeded{
              .results = "{}", .metrics = "{}", .artifact_uri = {}, .mlflow_run_id = {}}});
      EXPECT_EQ(jobs_->get(job.id)->status, domain::JobStatus::completed);
    }
  }
  void apply(const domain::JobCommand& command) { jobs_->apply(std::array{command}); }

  tests::TestFolder folder_;
  std::shared_ptr<sqlite::Database> database_;
  std::unique_ptr<ports::JobStore> jobs_;
  std::unique_ptr<ports::DefinitionStore> definitions_;
  std::unique_ptr<ports::DispatchStore> line_;
  EntryGate gate_;
  JobIntake intake_;
};

const json whole{
    {"data_path", "a.csv"}, {"horizon", 3}, {"segment_col", "s"}, {"models", {"ets", "theta"}}};

TEST_F(StartTraining, StartsOneBatchPerCauseWithTheCauseInEveryJob) {
  const auto first = start(order("e-1", whole));
  ASSERT_TRUE(first) << describe(first.error());
  EXPECT_EQ(first->total_jobs, 2);
  EXPECT_FALSE(first->repeated);
  const auto again = start(order("e-1", whole));
  EXPECT_TRUE(again->repeated);
  EXPECT_EQ(again->batch_id, first->batch_id);
  EXPECT_EQ(jobs_->list({})->total, 2);
  for (const auto& job : jobs_of(first->batch_id)) {
    EXPECT_EQ(json::parse(job.cause)["id"], "e-1");
    EXPECT_EQ(job.segment_id, "north");
    EXPECT_EQ(job.user_id, "ada");
  }
}

TEST_F(StartTraining, TakesWhatIsMissingFromTheTemplateAndGivesTheOrdersOwnPrecedence) {
  const json stored{{"config", {{"data_path", "b.csv"}, {"horizon", 7}, {"segment_col", "s"}}},
                    {"models", {"theta"}},
                    {"segments", {"south"}}};
  ASSERT_TRUE(put_template(*definitions_, intake_, ada, "sales", stored.dump()));
  auto wanted = order("e-1", {{"horizon", 5}});
  wanted.template_name = "sales";
  wanted.segments.clear();
  const auto started = start(wanted, system);
  ASSERT_TRUE(started) << describe(started.error());
  const auto job = jobs_of(started->batch_id).front();
  EXPECT_EQ(job.user_id, "ada") << "the template's";
  EXPECT_EQ(job.model, "theta");
  EXPECT_EQ(job.segment_id, "south");
  EXPECT_EQ(json::parse(job.config)["horizon"], 5);
  EXPECT_EQ(json::parse(job.config)["data_path"], "b.csv");
  wanted.cause.id = "e-2";
  EXPECT_EQ(start(wanted, grace).error().code, Errc::forbidden);
  wanted.template_name = "nothing";
  EXPECT_EQ(start(wanted).error().code, Errc::not_found);
}

TEST_F(StartTraining, TakesWhatIsMissingFromTheLastSuccessfulJobOfTheSegment) {
  const auto nothing = start(order("e-0"));
  EXPECT_EQ(nothing.error().code, Errc::not_found);
  EXPECT_NE(nothing.error().detail.find("'north'"), std::string::npos);
  complete(start(order("e-1", whole))->batch_id);
  const auto started = start(order("e-2", {{"horizon", 9}}), system);
  ASSERT_TRUE(started) << describe(started.error());
  const auto job = jobs_of(started->batch_id).front();
  EXPECT_EQ(job.user_id, "ada");
  EXPECT_EQ(json::parse(job.config)["data_path"], "a.csv");
  EXPECT_EQ(json::parse(job.config)["horizon"], 9);
}

TEST_F(StartTraining, RefusesSegmentsWhoseLastJobsWereConfiguredDifferently) {
  auto other = whole;
  other["horizon"] = 4;
  auto south = order("e-2", other);
  south.segments = {"south"};
  complete(start(order("e-1", whole))->batch_id);
  complete(start(south)->batch_id);
  auto both = order("e-3");
  both.segments = {"north", "south"};
  EXPECT_EQ(start(both).error().field, "segments");
}

TEST_F(StartTraining, TakesATableThatIsAPathForTheData) {
  auto config = whole;
  config.erase("data_path");
  auto wanted = order("e-1", config);
  EXPECT_EQ(start(wanted).error().code, Errc::not_found) << "main.sales is no path";
  wanted.table = "/tables/sales";
  const auto started = start(wanted);
  ASSERT_TRUE(started) << describe(started.error());
  EXPECT_EQ(json::parse(jobs_of(started->batch_id).front().config)["data_path"], "/tables/sales");
}

TEST_F(StartTraining, TakesTheTableAsItWasAtTheVersionOfTheCauseAndNotOfAnEarlierOne) {
  const auto data_path = [&](const StartedTraining& started) {
    return json::parse(jobs_of(started.batch_id).front().config)["data_path"];
  };
  auto wanted = order("1", {{"horizon", 3}});
  wanted.table = "/tables/sales";
  wanted.version = 4;
  wanted.models = {"ets"};
  const auto first = start(wanted);
  ASSERT_TRUE(first) << describe(first.error());
  EXPECT_EQ(data_path(*first), "/tables/sales@v4");
  complete(first->batch_id);
  auto later = order("2");
  later.table = "/tables/sales";
  later.version = 9;
  EXPECT_EQ(data_path(*start(later)), "/tables/sales@v9");
  EXPECT_EQ(data_path(*start(order("3"))), "/tables/sales") << "the newest";
  auto pinned = order("4", {{"horizon", 3}, {"data_path", "/tables/sales@v1"}});
  pinned.table = "/tables/sales";
  pinned.version = 9;
  EXPECT_EQ(data_path(*start(pinned)), "/tables/sales@v1");
}

TEST_F(StartTraining, ActsForTheUserOfTheTriggerThatAsksAndTellsItWhatBecameOfThat) {
  ASSERT_TRUE(definitions_->put(
      {.kind = ports::DefinitionKind::trigger, .name = "t", .user_id = "ada", .spec = "{}"}, {}));
  const auto outcome = [this] {
    const auto last = definitions_->decisions(ports::DefinitionKind::trigger, "t", {}, 1);
    return last->empty() ? std::string("none") : last->front().outcome;
  };
  auto asked = order("e-1", whole);
  asked.trigger = "t";
  EXPECT_EQ(start(asked, grace).error().code, Errc::forbidden);
  EXPECT_EQ(outcome(), "none") << "what others try is not its business";
  const auto started = start(asked, system);
  ASSERT_TRUE(started) << describe(started.error());
  EXPECT_EQ(jobs_of(started->batch_id).front().user_id, "ada");
  EXPECT_EQ(outcome(), "started");
  EXPECT_TRUE(start(asked, ada)->repeated) << "whichever way it came";
  EXPECT_EQ(outcome(), "repeated");
  auto wrong = order("e-2", {{"horizon", 0}});
  wrong.trigger = "t";
  EXPECT_FALSE(start(wrong, system));
  EXPECT_EQ(outcome(), "failed");
  wrong.trigger = "gone";
  EXPECT_EQ(start(wrong, system).error().code, Errc::not_found);
}

TEST_F(StartTraining, RunsAScheduleAsOftenAsItIsAsked) {
  const FindZone find_zone = tzdb::find_zone;
  const Scheduling scheduling{.definitions = *definitions_,
                              .intake = intake_,
                              .find_zone = find_zone,
                              .clock = system_clock()};
  const json spec{{"cron", "30 2 * * *"}, {"timezone", "Europe/Berlin"}, {"config", whole}};
  const auto put = put_schedule(scheduling, ada, "nightly", spec.dump());
  ASSERT_TRUE(put) << describe(put.error());
  EXPECT_GT(put->due_at, system_clock().now());
  EXPECT_FALSE(enable_schedule(scheduling, ada, "nightly", Enabled::no)->due_at);
  EXPECT_TRUE(enable_schedule(scheduling, ada, "nightly", Enabled::yes)->due_at);
  EXPECT_FALSE(run_schedule(with(), ada, "nightly")->repeated);
  EXPECT_FALSE(run_schedule(with(), ada, "nightly")->repeated);
  EXPECT_EQ(run_schedule(with(), grace, "nightly").error().code, Errc::forbidden);
  auto elsewhere = spec;
  elsewhere["timezone"] = "Mars/Olympus";
  EXPECT_EQ(put_schedule(scheduling, ada, "nightly", elsewhere.dump()).error().field, "timezone");
}

TEST_F(StartTraining, LetsATriggerGoOnFromWhatItHasSeenUnlessItsTableChanges) {
  const FindZone find_zone = tzdb::find_zone;
  const Triggering with{.definitions = *definitions_, .intake = intake_, .find_zone = find_zone};
  json spec{{"table", "/tables/sales"}, {"min_rows", 10}};
  ASSERT_TRUE(put_trigger(with, ada, "t", spec.dump()));
  ASSERT_TRUE(definitions_->advance({.kind = ports::DefinitionKind::trigger,
                                     .name = "t",
                                     .revision = 1,
                                     .state = R"({"version":7})",
                                     .due_at = {},
                                     .decisions = {}}));
  spec["min_rows"] = 20;
  EXPECT_EQ(put_trigger(with, ada, "t", spec.dump())->state, R"({"version":7})");
  EXPECT_EQ(enable_trigger(with, ada, "t", Enabled::no)->state, R"({"version":7})");
  spec["table"] = "/tables/other";
  EXPECT_EQ(put_trigger(with, ada, "t", spec.dump())->state, "{}");
  EXPECT_EQ(put_trigger(with, grace, "t", spec.dump()).error().code, Errc::forbidden);
  spec["changed_segments_only"] = true;
  EXPECT_EQ(put_trigger(with, ada, "t", spec.dump()).error().field, "segment_col");
}

}  // namespace
}  // namespace trainyard::service

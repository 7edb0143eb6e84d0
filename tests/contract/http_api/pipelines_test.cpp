#include "api/http/definition_routes.hpp"
#include "api/service/run_pipeline.hpp"
#include "tests/contract/http_api/api_fixture.hpp"

#include <thread>

namespace trainyard::http {
namespace {

json step(const std::string& name, const std::vector<std::string>& after = {},
          const json& more = json::object()) {
  json made{{"name", name},
            {"config", {{"data_path", "a.csv"}, {"horizon", 3}, {"segment_col", "s"}}},
            {"models", {"theta"}}};
  if (!after.empty()) made["after"] = after;
  made.update(more);
  return made;
}

// first, then left and right, then last.
json diamond() {
  return {{"name", "nightly"},
          {"steps",
           {step("first"), step("left", {"first"}), step("right", {"first"}),
            step("last", {"left", "right"})}}};
}

class PipelinesApi : public ApiTest {
 protected:
  json create(const json& spec) {
    const auto made = post("/api/v2/pipelines", spec.dump());
    EXPECT_EQ(made.status, 201) << made.body;
    id_ = made.json()["pipeline_id"];
    return made.json();
  }
  json read() const { return get("/api/v2/pipelines/" + id_).json(); }
  json ask(const std::string& verb) const {
    return post("/api/v2/pipelines/" + id_ + "/" + verb).json();
  }
  service::Pipelining pipelining() const {
    return {.pipelines = *pipelines_, .starting = starting(*api_), .control = *control_};
  }
  // As the control role does when a batch ends.
  json move_on() const {
    EXPECT_TRUE(service::move_on(pipelining(), *ports::PipelineId::parse(id_)));
    return read();
  }
  static std::vector<std::string> statuses(const json& pipeline) {
    std::vector<std::string> found;
    for (const auto& each : pipeline["steps"])
      found.push_back(each["status"]);
    return found;
  }
  std::vector<domain::Job> jobs_of(const json& pipeline, std::size_t step) const {
    return *store_->batch_jobs(
        *BatchId::parse(pipeline["steps"][step]["batch_id"].get<std::string>()));
  }
  void complete_step(const json& pipeline, std::size_t step) const {
    for (const auto& job : jobs_of(pipeline, step)) {
      if (!domain::is_terminal(job.status)) complete(job.id.to_string(), "{}", "{}");
    }
  }
  void fail_step(const json& pipeline, std::size_t step) const {
    fail_job(jobs_of(pipeline, step).front().id.to_string());
    complete_step(pipeline, step);
  }

  std::string id_;
};
using Statuses = std::vector<std::string>;

TEST_F(PipelinesApi, RunStepByStepToTheirEnd) {
  auto pipeline = create(diamond());
  EXPECT_EQ(statuses(pipeline), (Statuses{"running", "waiting", "waiting", "waiting"}));
  EXPECT_EQ(pipeline["steps"][0]["batch"]["total"], 2) << "one job per segment";
  EXPECT_EQ(pipeline["steps"][3]["after"], json({"left", "right"}));
  complete_step(pipeline, 0);
  pipeline = move_on();
  EXPECT_EQ(statuses(pipeline), (Statuses{"completed", "running", "running", "waiting"}));
  complete_step(pipeline, 1);
  complete_step(pipeline, 2);
  pipeline = move_on();
  EXPECT_EQ(pipeline["status"], "running");
  EXPECT_EQ(pipeline["progress"], 75);
  complete_step(pipeline, 3);
  pipeline = move_on();
  EXPECT_EQ(pipeline["status"], "completed");
  EXPECT_EQ(pipeline["progress"], 100);
  EXPECT_FALSE(pipeline["completed_at"].is_null());
  const auto cause = get("/api/v2/jobs").json()["jobs"][0]["cause"];
  EXPECT_EQ(cause["id"], id_ + "/last/1");
  EXPECT_EQ(get("/api/v2/pipelines").json()["pipelines"][0]["pipeline_id"], id_);
}

TEST_F(PipelinesApi, RepeatOnlyWhatFailedAndGoOn) {
  auto pipeline = create(diamond());
  complete_step(pipeline, 0);
  pipeline = move_on();
  fail_step(pipeline, 1);
  complete_step(pipeline, 2);
  pipeline = move_on();
  EXPECT_EQ(statuses(pipeline), (Statuses{"completed", "failed", "completed", "skipped"}));
  EXPECT_EQ(pipeline["status"], "failed");
  EXPECT_EQ(pipeline["steps"][3]["reason"], "step 'left' failed");
  const auto batch = pipeline["steps"][1]["batch_id"];

  pipeline = ask("retry");
  EXPECT_EQ(statuses(pipeline), (Statuses{"completed", "running", "completed", "waiting"}));
  EXPECT_EQ(pipeline["steps"][1]["batch_id"], batch);
  EXPECT_EQ(pipeline["steps"][1]["batch"]["pending"], 1) << "the failed job alone";
  EXPECT_EQ(pipeline["steps"][1]["batch"]["completed"], 1);
  complete_step(pipeline, 1);
  pipeline = move_on();
  complete_step(pipeline, 3);
  EXPECT_EQ(move_on()["status"], "completed");
  EXPECT_EQ(get("/api/v2/batches").json()["total"], 4) << "no step ran in two batches";
}

TEST_F(PipelinesApi, CancelWhatRunsAndLeaveNothingToStart) {
  auto pipeline = create(diamond());
  complete_step(pipeline, 0);
  pipeline = move_on();
  const auto held = claim(jobs_of(pipeline, 1).front().id.to_string());
  pipeline = ask("cancel");
  EXPECT_EQ(statuses(pipeline), (Statuses{"completed", "stopping", "cancelled", "cancelled"}));
  EXPECT_EQ(pipeline["status"], "cancelling");
  EXPECT_EQ(record(held.id.to_string()).status, domain::JobStatus::cancelling);
  const domain::JobCommand stopped = domain::Finish{held.id, held.fence, domain::Stopped{}};
  ASSERT_TRUE(store_->apply({&stopped, 1}).front());
  pipeline = move_on();
  EXPECT_EQ(pipeline["status"], "cancelled");
  for (const auto& job : get("/api/v2/jobs").json()["jobs"])
    EXPECT_TRUE(job["status"] == "cancelled" || job["status"] == "completed") << job;
  EXPECT_EQ(post("/api/v2/pipelines/" + id_ + "/cancel").status, 409);
  // What was cancelled gets a batch of its own when it is asked for again.
  pipeline = ask("retry");
  EXPECT_EQ(statuses(pipeline), (Statuses{"completed", "running", "running", "waiting"}));
  EXPECT_EQ(pipeline["steps"][1]["attempt"], 2);
}

TEST_F(PipelinesApi, StartNothingTwiceHoweverManyMoveThem) {
  create(diamond());
  complete_step(read(), 0);
  {
    std::vector<std::jthread> movers;
    for (int i = 0; i < 6; ++i)
      movers.emplace_back([&] { std::ignore = move_on(); });
  }
  EXPECT_EQ(statuses(read()), (Statuses{"completed", "running", "running", "waiting"}));
  EXPECT_EQ(get("/api/v2/batches").json()["total"], 3);
}

// The state that each point of a crash leaves behind, taken up by whoever comes next.
TEST_F(PipelinesApi, GoOnFromWhereverTheirMoverDied) {
  const auto made = create(diamond());
  const auto id = *ports::PipelineId::parse(id_);
  const auto batch = made["steps"][0]["batch_id"];
  const auto set_state = [&](const std::string& status, const json& batch_id) {
    auto stored = *pipelines_->get(id);
    auto state = json::parse(stored.state);
    state[0]["status"] = status;
    state[0]["batch_id"] = batch_id;
    ASSERT_TRUE(pipelines_->change(
        {.id = id, .revision = stored.revision, .status = "running", .state = state.dump()}));
  };
  set_state("starting", nullptr);  // the batch was made, and nobody noted it
  EXPECT_EQ(move_on()["steps"][0]["batch_id"], batch);
  fail_step(made, 0);
  set_state("retrying", batch);  // asked for, and not done
  EXPECT_EQ(move_on()["steps"][0]["batch"]["pending"], 1);
  set_state("retrying", batch);  // done, and nobody noted it
  EXPECT_EQ(move_on()["steps"][0]["batch"]["pending"], 1);
  set_state("stopping", batch);
  EXPECT_EQ(move_on()["steps"][0]["status"], "cancelled");
  EXPECT_EQ(get("/api/v2/batches").json()["total"], 1);
}

TEST_F(PipelinesApi, FailAStepThatIsRefusedAndSayWhy) {
  layout_ = fail(Errc::not_found, "there is no file a.csv");
  auto pipeline = create(diamond());
  EXPECT_EQ(statuses(pipeline), (Statuses{"failed", "skipped", "skipped", "skipped"}));
  EXPECT_NE(pipeline["steps"][0]["reason"].get<std::string>().find("no file a.csv"),
            std::string::npos);
  layout_ = service::DataLayout{
      .time_col = "ds", .target_col = "y", .segment_col = "s", .segments = {"north"}};
  pipeline = ask("retry");
  EXPECT_EQ(statuses(pipeline), (Statuses{"running", "waiting", "waiting", "waiting"}));
}

TEST_F(PipelinesApi, TakeAPartialSuccessWhereTheStepSaysSo) {
  const json spec{{"steps", {step("a", {}, {{"allow_partial", true}}), step("b", {"a"})}}};
  const auto pipeline = create(spec);
  fail_step(pipeline, 0);
  EXPECT_EQ(statuses(move_on()), (Statuses{"completed", "running"}));
}

TEST_F(PipelinesApi, AreCheckedStepByStep) {
  const auto refused = [&](const json& steps) {
    const auto answer = post("/api/v2/pipelines", json{{"steps", steps}}.dump());
    EXPECT_EQ(answer.status, 422) << answer.body;
    return answer.json();
  };
  EXPECT_EQ(refused(json::array())["field"], "steps");
  EXPECT_EQ(refused({step("a"), step("a")})["detail"], "two steps are called 'a'");
  EXPECT_EQ(refused(json::array({step("a", {"b"})}))["field"], "steps[0].after");
  EXPECT_EQ(refused({step("a", {"b"}), step("b", {"a"})})["detail"],
            "steps wait for each other: a, b");
  EXPECT_EQ(refused({step("a"), step("b", {"a", "a"})})["field"], "steps[1].after");
  EXPECT_EQ(refused(json::array({step("")}))["field"], "steps[0].name");
  EXPECT_EQ(refused(json::array({step("a", {}, {{"colour", 1}})}))["field"], "steps[0].colour");
  EXPECT_EQ(refused(json::array(
                {step("a", {}, {{"config", {{"data_path", "a.csv"}, {"horizon", 0}}}})}))["field"],
            "steps[0].horizon");
  EXPECT_EQ(post("/api/v2/pipelines", R"({"steps":[{"name":"a","template":"none"}]})").status, 404);
  EXPECT_EQ(get("/api/v2/pipelines?status=asleep").status, 400);
  EXPECT_EQ(get("/api/v2/pipelines").json()["pipelines"].size(), 0U);
}

TEST_F(PipelinesApi, BelongToTheirUser) {
  create(diamond());
  user_ = "grace";
  EXPECT_EQ(get("/api/v2/pipelines/" + id_).status, 403);
  for (const auto* verb : {"/cancel", "/retry"})
    EXPECT_EQ(post("/api/v2/pipelines/" + id_ + verb).status, 403) << verb;
  EXPECT_EQ(get("/api/v2/pipelines").json()["pipelines"].size(), 0U);
  EXPECT_EQ(get("/api/v2/pipelines?user=*").status, 403);
}

}  // namespace
}  // namespace trainyard::http

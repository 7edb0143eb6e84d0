#include "tests/contract/http_api/api_fixture.hpp"

namespace trainyard::http {
namespace {

class RedriveApi : public ApiTest {
 protected:
  std::string failed_job() const {
    const auto id = create("?submit=true");
    fail_job(id);
    return id;
  }
  Answer redrive(const std::string& id, const json& body = nullptr) const {
    return post("/api/v2/jobs/" + id + "/redrive", body.is_null() ? "" : body.dump());
  }
  Answer all(const std::string& verb, const json& body) const {
    return post("/api/v2/jobs/" + verb, body.dump());
  }
};

TEST_F(RedriveApi, GivesAFailedJobAnotherGoAsItIs) {
  const auto id = failed_job();
  const auto answer = redrive(id);
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.json()["status"], "submitting");
  EXPECT_TRUE(answer.json()["error"].is_null());
  EXPECT_EQ(answer.json()["config"]["horizon"], 12);
}

TEST_F(RedriveApi, EditsTheConfigAndSaysSoInTheHistory) {
  const auto id = failed_job();
  const auto answer =
      redrive(id, {{"config", {{"horizon", 6}, {"models", {"ets"}}, {"time_col", nullptr}}}});
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.json()["config"]["horizon"], 6);
  EXPECT_EQ(answer.json()["config"]["data_path"], "a.csv");
  EXPECT_FALSE(answer.json()["config"].contains("time_col"));
  EXPECT_EQ(answer.json()["model"], "ets");
  const auto history = get("/api/v2/jobs/" + id + "/history").json()["events"];
  EXPECT_EQ(history.back()["event"], "JOB_SUBMITTED");
  EXPECT_EQ(history.back()["detail"],
            R"(redriven by local_user: horizon 12 -> 6, models ["theta"] -> ["ets"], )"
            R"(time_col "ds" -> nothing)");
}

TEST_F(RedriveApi, RefusesAnEditByField) {
  const auto id = failed_job();
  const auto wrong = redrive(id, {{"config", {{"horizon", -1}}}});
  EXPECT_EQ(wrong.status, 422);
  EXPECT_EQ(wrong.json()["field"], "horizon");
  EXPECT_EQ(redrive(id, {{"config", {{"colour", 1}}}}).json()["field"], "colour");
  EXPECT_EQ(redrive(id, {{"config", {{"data", json::array()}}}}).json()["field"], "config.data");
  EXPECT_EQ(redrive(id, {{"horizon", 6}}).json()["field"], "horizon");
  EXPECT_EQ(record(id).status, domain::JobStatus::failed);
}

TEST_F(RedriveApi, IsForFailedJobsOfTheCallerAlone) {
  const auto pending = create();
  const auto refused = redrive(pending);
  EXPECT_EQ(refused.status, 409);
  EXPECT_NE(refused.json()["detail"].get<std::string>().find("pending"), std::string::npos);
  const auto id = failed_job();
  user_ = "grace";
  EXPECT_EQ(redrive(id).status, 403);
}

TEST_F(RedriveApi, KeepsAJobOfABatchToItsSegmentAndModel) {
  const auto batch = post("/api/v2/batches",
                          R"({"config":{"data_path":"a.csv","horizon":3,"segment_col":"s"},
                              "models":["theta"]})")
                         .json();
  const std::string id = batch["jobs"][0]["job_id"];
  fail_job(id);
  EXPECT_EQ(redrive(id, {{"config", {{"models", {"ets"}}}}}).json()["field"], "models");
  EXPECT_EQ(redrive(id, {{"config", {{"segment_id", "west"}}}}).json()["field"], "segment_id");
  EXPECT_EQ(redrive(id, {{"config", {{"horizon", 4}}}}).status, 200);
}

TEST_F(RedriveApi, ListsDeadLettersByCategory) {
  const auto id = failed_job();
  const auto category = get("/api/v2/jobs/" + id).json()["error_category"].get<std::string>();
  EXPECT_EQ(get("/api/v2/jobs?status=failed&category=" + category).json()["total"], 1);
  const auto* other = category == "data" ? "cluster" : "data";
  EXPECT_EQ(get("/api/v2/jobs?status=failed&category=" + std::string(other)).json()["total"], 0);
  EXPECT_EQ(get("/api/v2/jobs?category=bad").json()["field"], "category");
}

TEST_F(RedriveApi, RedrivesAllThatMatchBeyondAPage) {
  constexpr int jobs = 1'100;
  std::vector<std::string> failed;
  for (int i = 0; i < jobs; ++i)
    failed.push_back(failed_job());
  create("?submit=true");
  const json match{{"status", "failed"}, {"model", "theta"}};
  const auto dry = all("redrive", {{"filter", match}, {"dry_run", true}}).json();
  EXPECT_EQ(dry["matched"], jobs);
  EXPECT_EQ(dry["changed"], 0);
  int changed = 0;
  json done{{"has_more", true}};
  json filter = match;
  while (done["has_more"].get<bool>()) {
    done = all("redrive", {{"filter", filter}, {"config", {{"horizon", 3}}}}).json();
    changed += done["changed"].get<int>();
    filter["before"] = done["next"];
  }
  EXPECT_EQ(changed, jobs);
  EXPECT_EQ(done["refused"], 0);
  EXPECT_EQ(get("/api/v2/jobs?status=failed").json()["total"], 0);
  EXPECT_EQ(json::parse(record(failed.front()).config)["horizon"], 3);
}

TEST_F(RedriveApi, CountsWhatItRefusesAndNamesTheFirst) {
  const auto id = failed_job();
  const auto done =
      all("redrive", {{"filter", json::object()}, {"config", {{"horizon", 0}}}}).json();
  EXPECT_EQ(done["matched"], 1);
  EXPECT_EQ(done["changed"], 0);
  EXPECT_EQ(done["refused"], 1);
  EXPECT_EQ(done["errors"][0]["job_id"], id);
  EXPECT_EQ(done["errors"][0]["error"]["field"], "horizon");
}

TEST_F(RedriveApi, CancelsAndDeletesWhatMatchesInOneState) {
  const auto failed = failed_job();
  const auto waiting = create("?submit=true");
  const auto running = create("?submit=true");
  claim(running);
  EXPECT_EQ(all("cancel", {{"filter", {{"status", "running"}}}}).json()["changed"], 1);
  EXPECT_EQ(record(running).status, domain::JobStatus::cancelling);
  EXPECT_EQ(record(waiting).status, domain::JobStatus::submitting);
  EXPECT_EQ(all("delete", {{"filter", {{"status", "failed"}, {"q", "no such"}}}}).json()["changed"],
            0);
  EXPECT_EQ(all("delete", {{"filter", {{"status", "failed"}}}}).json()["changed"], 1);
  EXPECT_EQ(get("/api/v2/jobs/" + failed).status, 404);
}

TEST_F(RedriveApi, DoesNothingToAllWithoutAStatus) {
  failed_job();
  for (const auto* verb : {"cancel", "delete"}) {
    const auto answer = all(verb, {{"filter", json::object()}});
    EXPECT_EQ(answer.status, 422) << verb;
    EXPECT_EQ(answer.json()["field"], "status");
  }
  EXPECT_EQ(all("redrive", {{"filter", {{"status", "completed"}}}}).json()["field"], "status");
  EXPECT_EQ(all("delete", {{"filter", {{"status", "running"}}}}).json()["field"], "status");
  EXPECT_EQ(all("cancel", {{"filter", {{"status", "pending"}}}, {"config", json::object()}})
                .json()["field"],
            "config");
  EXPECT_EQ(all("delete", json::object()).json()["field"], "filter");
  EXPECT_EQ(all("delete", {{"filter", {{"limit", "3"}}}}).status, 400);
}

TEST_F(RedriveApi, ChangesTheJobsOfTheCallerAlone) {
  const auto id = failed_job();
  user_ = "grace";
  EXPECT_EQ(all("redrive", {{"filter", json::object()}}).json()["matched"], 0);
  EXPECT_EQ(all("redrive", {{"filter", {{"user", "*"}}}}).status, 403);
  who_.role = domain::Role::admin;
  EXPECT_EQ(all("redrive", {{"filter", {{"user", "*"}}}}).json()["changed"], 1);
  EXPECT_EQ(record(id).status, domain::JobStatus::submitting);
}

}  // namespace
}  // namespace trainyard::http

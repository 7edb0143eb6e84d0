#include "tests/contract/http_api/api_fixture.hpp"

namespace trainyard::http {
namespace {

class BatchesApi : public ApiTest {
 protected:
  json make(const std::string& more = R"("models":["ets","theta"])",
            const std::string& config = R"("data_path":"a.csv","horizon":3,"segment_col":"s")") {
    const auto answer = post("/api/v2/batches", "{\"config\":{" + config + "}," + more + "}");
    EXPECT_EQ(answer.status, 201) << answer.body;
    return answer.json();
  }
  json batch(const json& made) {
    return get("/api/v2/batches/" + made["batch_id"].get<std::string>()).json();
  }
};

TEST_F(BatchesApi, FansOutToOneJobPerSegmentAndModel) {
  const auto made = make();
  EXPECT_EQ(made["total_jobs"], 4);
  EXPECT_EQ(made["status"], "running");
  EXPECT_EQ(made["jobs"][1]["segment_id"], "north");
  EXPECT_EQ(made["jobs"][1]["model"], "theta");
  const auto job = get("/api/v2/jobs/" + made["jobs"][3]["job_id"].get<std::string>()).json();
  EXPECT_EQ(job["config"]["segment_id"], "south");
  EXPECT_EQ(job["config"]["models"], json::array({"theta"}));
  EXPECT_EQ(job["status"], "submitting");
  EXPECT_EQ(job["batch_id"], made["batch_id"]);
  EXPECT_EQ(get("/api/v2/jobs?batch=" + made["batch_id"].get<std::string>()).json()["total"], 4);
}

TEST_F(BatchesApi, TakesTheSegmentsItIsGiven) {
  layout_->segments = {"7", "a", "b \"c\""};
  const auto made = make(R"("segments":["a","b \"c\"",7],"models":["ets"])");
  ASSERT_EQ(made["total_jobs"], 3);
  EXPECT_EQ(made["jobs"][1]["segment_id"], "b \"c\"");
  EXPECT_EQ(made["jobs"][2]["segment_id"], "7");
}

TEST_F(BatchesApi, HasOneSeriesWithoutASegmentColumn) {
  layout_ = service::DataLayout{.time_col = "ds", .target_col = "y", .segments = {""}};
  const auto made = make(R"("models":["ets"])", R"("data_path":"a.csv","horizon":3)");
  EXPECT_EQ(made["total_jobs"], 1);
  EXPECT_TRUE(made["jobs"][0]["segment_id"].is_null());
}

TEST_F(BatchesApi, FindsTheColumnsItIsNotGiven) {
  const auto made = make(R"("models":["ets"])", R"("data_path":"a.csv","horizon":3)");
  ASSERT_EQ(made["total_jobs"], 2);
  const auto config =
      get("/api/v2/jobs/" + made["jobs"][1]["job_id"].get<std::string>()).json()["config"];
  EXPECT_EQ(config["time_col"], "ds");
  EXPECT_EQ(config["target_col"], "y");
  EXPECT_EQ(config["segment_col"], "s");
  EXPECT_EQ(config["segment_id"], "south");
  EXPECT_EQ(batch(made)["config"]["models"], json::array({"ets"}));
}

TEST_F(BatchesApi, RefusesWhatTheDataLacks) {
  const auto refused = [&](const std::string& more) {
    const auto answer =
        post("/api/v2/batches",
             R"({"config":{"data_path":"a.csv","horizon":3},"models":["ets"])" + more + "}");
    EXPECT_EQ(answer.status, 422) << answer.body;
    return answer.json();
  };
  const auto segment = refused(R"(,"segments":["north","sout"])");
  EXPECT_EQ(segment["field"], "segments");
  EXPECT_NE(segment["detail"].get<std::string>().find("'sout'"), std::string::npos);
  EXPECT_NE(segment["hint"].get<std::string>().find("'south'"), std::string::npos);
  layout_->segment_col.clear();
  EXPECT_EQ(refused(R"(,"segments":["north"])")["field"], "segment_col");
  layout_ = fail(Error{.code = Errc::invalid_argument,
                       .detail = "there is no column 'z'",
                       .field = "target_col",
                       .hint = "there are: ds, y"});
  EXPECT_EQ(refused("")["field"], "target_col");
  layout_ = fail(Error{.code = Errc::not_found, .detail = "no such file"});
  EXPECT_EQ(refused("")["field"], "data_path");
  EXPECT_EQ(get("/api/v2/jobs").json()["total"], 0);
}

TEST_F(BatchesApi, MakesTheEnsembleOfItsOtherModelsAndRunsItLast) {
  const auto made = make(R"("models":["ets","ensemble","theta"])");
  const auto& jobs = made["jobs"];
  ASSERT_EQ(jobs.size(), 6U);
  EXPECT_EQ(jobs[1]["model"], "ensemble");
  EXPECT_EQ(jobs[4]["model"], "ensemble");
  EXPECT_LT(jobs[5]["job_id"], jobs[1]["job_id"]);
  const auto config = get("/api/v2/jobs/" + jobs[1]["job_id"].get<std::string>()).json()["config"];
  EXPECT_EQ(config["hyperparameters"]["ensemble"]["members"], json::array({"ets", "ensemble"}));
  const auto other = get("/api/v2/jobs/" + jobs[0]["job_id"].get<std::string>()).json()["config"];
  EXPECT_FALSE(other.contains("hyperparameters"));
  const auto row = batch(made)["segments"][0]["jobs"];
  EXPECT_EQ(row[0]["model"], "ets");
  EXPECT_EQ(row[1]["model"], "ensemble");
  EXPECT_EQ(row[2]["model"], "theta");
}

TEST_F(BatchesApi, LeavesTheMembersThatAreNamed) {
  const auto made = make(
      R"("models":["ets","ensemble"])",
      R"("data_path":"a.csv","horizon":3,"hyperparameters":{"ensemble":{"members":["theta"]}})");
  const auto config =
      get("/api/v2/jobs/" + made["jobs"][1]["job_id"].get<std::string>()).json()["config"];
  EXPECT_EQ(config["hyperparameters"]["ensemble"]["members"], json::array({"theta"}));
}

TEST_F(BatchesApi, RefusesTheWholeBatchForOneWrongName) {
  const auto refused = [&](const std::string& more) {
    const auto answer =
        post("/api/v2/batches",
             R"({"config":{"data_path":"a.csv","horizon":3,"segment_col":"s"},)" + more + "}");
    EXPECT_EQ(answer.status, 422) << answer.body;
    return answer.json()["field"];
  };
  EXPECT_EQ(refused(R"("models":["ets","perfect"])"), "models");
  EXPECT_EQ(refused(R"("models":["ets","ets"])"), "models");
  EXPECT_EQ(refused(R"("segments":["a","a"])"), "segments");
  EXPECT_EQ(get("/api/v2/jobs").json()["total"], 0);
}

TEST_F(BatchesApi, TakesForTheBestOfAJobWhatTheJobTookForIt) {
  const auto made = make();
  const auto id = [&](int i) { return made["jobs"][i]["job_id"].get<std::string>(); };
  complete(id(0), R"({"ets":{"mape":9.0}})", R"({"best_model":"ets"})");
  complete(id(1), R"({"theta":{"mape":4.0},"ensemble":{"mape":5.0,"is_best":true}})",
           R"({"best_model":"ensemble"})");
  EXPECT_EQ(batch(made)["segments"][0]["best_model"], "ensemble");
}

TEST_F(BatchesApi, ChoosesASegmentsBestModelWhenItsLastJobEnds) {
  const auto made = make();
  const auto id = [&](int i) { return made["jobs"][i]["job_id"].get<std::string>(); };
  complete(id(0), R"({"ets":{"mape":9.0}})", R"({"best_model":"ets","forecast":[1]})");
  auto north = batch(made)["segments"][0];
  EXPECT_TRUE(north["best_model"].is_null());
  EXPECT_EQ(north["status"], "running");
  complete(id(1), R"({"theta":{"mape":4.0}})",
           R"({"best_model":"theta","forecast":[2],"artifact_uri":"file:///t"})");
  north = batch(made)["segments"][0];
  EXPECT_EQ(north["best_model"], "theta");
  EXPECT_EQ(north["status"], "completed");
  EXPECT_EQ(north["metrics"]["ets"]["mape"], 9.0);
  EXPECT_EQ(north["jobs"].size(), 2U);

  const auto whole = batch(made);
  EXPECT_EQ(whole["total"], 4);
  EXPECT_EQ(whole["completed"], 2);
  EXPECT_EQ(whole["pending"], 2);
  EXPECT_EQ(whole["status"], "running");
  const auto results =
      get("/api/v2/batches/" + made["batch_id"].get<std::string>() + "/results").json()["results"];
  EXPECT_EQ(results["north"]["forecast"], json::array({2}));
  EXPECT_EQ(results["north"]["artifact_uri"], "file:///t");
  EXPECT_FALSE(results.contains("south"));
}

TEST_F(BatchesApi, CancelsWhatIsStillOpen) {
  const auto made = make();
  complete(made["jobs"][0]["job_id"], "{}", "{}");
  claim(made["jobs"][1]["job_id"]);
  const auto path = "/api/v2/batches/" + made["batch_id"].get<std::string>() + "/cancel";
  const auto answer = post(path);
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.json()["cancel_requested"], 3);
  EXPECT_EQ(answer.json()["cancelled"], 2);
  EXPECT_EQ(answer.json()["running"], 1);
  EXPECT_EQ(post(path).json()["cancel_requested"], 0);
}

TEST_F(BatchesApi, RetriesItsFailedJobs) {
  const auto made = make();
  fail_job(made["jobs"][2]["job_id"]);
  EXPECT_EQ(batch(made)["failed"], 1);
  const auto answer =
      post("/api/v2/batches/" + made["batch_id"].get<std::string>() + "/retry-failed");
  EXPECT_EQ(answer.json()["retried"], 1);
  EXPECT_EQ(batch(made)["failed"], 0);
}

TEST_F(BatchesApi, ListsOnesOwnNewestFirstWithTheirCounts) {
  const auto older = make();
  const auto newer = make();
  user_ = "grace";
  make();
  user_ = "local_user";
  complete(newer["jobs"][0]["job_id"], "{}", "{}");
  claim(newer["jobs"][1]["job_id"]);
  const auto page = get("/api/v2/batches?limit=1").json();
  EXPECT_EQ(page["total"], 2);
  EXPECT_EQ(page["has_more"], true);
  ASSERT_EQ(page["batches"].size(), 1U);
  const auto& first = page["batches"][0];
  EXPECT_EQ(first["batch_id"], newer["batch_id"]);
  EXPECT_EQ(first["user_id"], "local_user");
  EXPECT_EQ(first["status"], "running");
  EXPECT_EQ(first["total"], 4);
  EXPECT_EQ(first["completed"], 1);
  EXPECT_EQ(first["running"], 1);
  EXPECT_EQ(first["pending"], 2);
  EXPECT_EQ(first["progress"], 26);
  EXPECT_EQ(first["created_at"], newer["created_at"]);
  EXPECT_TRUE(first["completed_at"].is_null());
  const auto rest =
      get("/api/v2/batches?before=" + newer["batch_id"].get<std::string>()).json()["batches"];
  ASSERT_EQ(rest.size(), 1U);
  EXPECT_EQ(rest[0]["batch_id"], older["batch_id"]);
}

TEST_F(BatchesApi, ListsByStatusAndRefusesAnUnknownOne) {
  const auto made = make();
  make();
  post("/api/v2/batches/" + made["batch_id"].get<std::string>() + "/cancel");
  const auto cancelled = get("/api/v2/batches?status=cancelled").json();
  ASSERT_EQ(cancelled["total"], 1);
  EXPECT_EQ(cancelled["batches"][0]["batch_id"], made["batch_id"]);
  EXPECT_EQ(get("/api/v2/batches?status=running").json()["total"], 1);
  const auto refused = get("/api/v2/batches?status=pending");
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.json()["field"], "status");
  EXPECT_EQ(get("/api/v2/batches?page=2").json()["field"], "page");
}

TEST_F(BatchesApi, PagesItsSegments) {
  const auto id = make()["batch_id"].get<std::string>();
  const auto page = get("/api/v2/batches/" + id + "?limit=1&offset=1").json();
  ASSERT_EQ(page["segments"].size(), 1U);
  EXPECT_EQ(page["segments"][0]["segment_id"], "south");
  EXPECT_FALSE(page["has_more"].get<bool>());
  EXPECT_EQ(page["segments_total"], 2);
  const auto first = get("/api/v2/batches/" + id + "?limit=1").json();
  EXPECT_EQ(first["segments"][0]["segment_id"], "north");
  EXPECT_TRUE(first["has_more"].get<bool>());
  EXPECT_EQ(first["total"], 4) << "jobs of segments that are not shown count too";
}

}  // namespace
}  // namespace trainyard::http

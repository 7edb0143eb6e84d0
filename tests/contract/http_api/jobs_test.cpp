#include "common/wire/training_task.hpp"
#include "tests/contract/http_api/api_fixture.hpp"

#include <fstream>

namespace trainyard::http {
namespace {

using JobsApi = ApiTest;

TEST_F(JobsApi, CreatesAPendingJobWithItsClusterConfig) {
  const auto answer = post("/api/v2/jobs", good_config);
  ASSERT_EQ(answer.status, 201) << answer.body;
  const auto job = answer.json();
  EXPECT_EQ(job["status"], "pending");
  EXPECT_TRUE(job["created_at"].get<std::string>().ends_with("Z"));
  EXPECT_TRUE(job["cluster_config"].is_object());
  EXPECT_EQ(job["config"]["horizon"], 12);
  EXPECT_EQ(job["user_id"], "local_user");
  EXPECT_EQ(answer.headers.at("location"), "/api/v2/jobs/" + job["job_id"].get<std::string>());
}

TEST_F(JobsApi, CreatesAndSubmitsInOneCall) {
  EXPECT_EQ(record(create("?submit=true")).status, domain::JobStatus::submitting);
}

TEST_F(JobsApi, RefusesToSubmitTwiceAndLeavesTheRecordAlone) {
  const auto id = create();
  const auto first = post("/api/v2/jobs/" + id + "/submit");
  ASSERT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(first.json()["status"], "submitting");
  EXPECT_TRUE(first.json()["submitted_at"].is_string());
  const auto version = record(id).version;
  const auto second = post("/api/v2/jobs/" + id + "/submit");
  EXPECT_EQ(second.status, 409);
  EXPECT_EQ(second.json()["code"], "illegal_transition");
  EXPECT_EQ(second.headers.at("content-type"), "application/problem+json");
  EXPECT_EQ(record(id).version, version);
}

TEST_F(JobsApi, CancelsTwiceWithTheSameAnswer) {
  const auto id = create();
  const auto first = post("/api/v2/jobs/" + id + "/cancel");
  ASSERT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(first.json()["status"], "cancelled");
  EXPECT_TRUE(first.json()["completed_at"].is_string());
  const auto second = post("/api/v2/jobs/" + id + "/cancel");
  EXPECT_EQ(second.status, 200);
  EXPECT_EQ(second.json(), first.json());
}

TEST_F(JobsApi, TellsTheWorkersOfACancelledRunningJob) {
  const auto id = create("?submit=true");
  claim(id);
  auto control = *bus_.subscribe({.topics = {ports::topics::job_control}, .group = {}});
  EXPECT_EQ(post("/api/v2/jobs/" + id + "/cancel").json()["status"], "cancelling");
  const auto heard = *control->poll(10, milliseconds(10'000));
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_EQ(json::parse(heard[0].message.value), (json{{"job_id", id}, {"op", "cancel"}}));
}

TEST_F(JobsApi, RefusesToCancelACompletedJob) {
  const auto id = create("?submit=true");
  complete(id, R"({"theta":{"mape":5.2}})", R"({"best_model":"theta"})");
  const auto answer = post("/api/v2/jobs/" + id + "/cancel");
  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(record(id).status, domain::JobStatus::completed);
}

TEST_F(JobsApi, AnswersResultsOnlyOfACompletedJob) {
  const auto id = create("?submit=true");
  const auto early = get("/api/v2/jobs/" + id + "/results");
  EXPECT_EQ(early.status, 409);
  EXPECT_FALSE(early.json()["hint"].get<std::string>().empty());
  complete(id, R"({"theta":{"mape":5.2}})", R"({"best_model":"theta","forecast":[]})");
  const auto answer = get("/api/v2/jobs/" + id + "/results").json();
  EXPECT_EQ(answer["results"]["best_model"], "theta");
  EXPECT_EQ(answer["status"], "completed");
  EXPECT_EQ(answer["mlflow_run_id"], "run-1");
}

TEST_F(JobsApi, NamesAnIdThatIsNoUuid) {
  for (const auto* path : {"/api/v2/jobs/42", "/api/v2/jobs/42/results", "/api/v2/jobs/42/history",
                           "/api/v2/batches/42"}) {
    const auto answer = get(path);
    EXPECT_EQ(answer.status, 400) << path;
    EXPECT_TRUE(answer.json()["detail"].get<std::string>().contains("'42'")) << answer.body;
  }
}

TEST_F(JobsApi, DoesNotFindAnUnknownId) {
  EXPECT_EQ(get("/api/v2/jobs/" + JobId::make().to_string()).status, 404);
  EXPECT_EQ(post("/api/v2/jobs/" + JobId::make().to_string() + "/cancel").status, 404);
}

TEST_F(JobsApi, KeepsUsersApart) {
  const auto id = create();
  user_ = "mallory";
  EXPECT_EQ(get("/api/v2/jobs/" + id).status, 403);
  EXPECT_EQ(post("/api/v2/jobs/" + id + "/cancel").status, 403);
  EXPECT_EQ(described("DELETE", "/api/v2/jobs/" + id).status, 403);
  EXPECT_EQ(get("/api/v2/jobs").json()["total"], 0);
  EXPECT_EQ(get("/api/v2/jobs?user=local_user").status, 403);
}

TEST_F(JobsApi, RefusesABadConfigByField) {
  const auto refused = [&](const std::string& from, const std::string& to) {
    auto body = good_config;
    body.replace(body.find(from), from.size(), to);
    const auto answer = post("/api/v2/jobs", body);
    EXPECT_EQ(answer.status, 422) << answer.body;
    return answer.json();
  };
  EXPECT_EQ(refused("\"horizon\":12", "\"horizon\":0")["field"], "horizon");
  EXPECT_EQ(refused("\"horizon\":12", "\"horizon\":1000000")["field"], "horizon");
  EXPECT_EQ(refused("theta", "perfect")["field"], "models");
  EXPECT_EQ(refused("{\"config\"", "{\"confg\"")["field"], "confg");
  EXPECT_EQ(get("/api/v2/jobs").json()["total"], 0);
}

TEST_F(JobsApi, SaysWhereABodyIsNotJson) {
  const auto answer = post("/api/v2/jobs", "{\"config\":\n  oops}");
  EXPECT_EQ(answer.status, 400);
  EXPECT_TRUE(answer.json()["detail"].get<std::string>().contains("line 2, column 3"))
      << answer.body;
  EXPECT_EQ(post("/api/v2/jobs", "{\"config\":{\"a\":\"\xff\"}}").status, 400);
  EXPECT_EQ(post("/api/v2/jobs", std::string(100'000, '[')).status, 400);
}

TEST_F(JobsApi, ListsNewestFirstInPages) {
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i)
    ids.push_back(create());
  const auto page = get("/api/v2/jobs?limit=2").json();
  EXPECT_EQ(page["total"], 5);
  EXPECT_TRUE(page["has_more"].get<bool>());
  EXPECT_EQ(page["jobs"][0]["job_id"], ids[4]);
  const auto next = get("/api/v2/jobs?limit=10&before=" + ids[3]).json();
  EXPECT_EQ(next["jobs"].size(), 3U);
  EXPECT_FALSE(next["has_more"].get<bool>());
  EXPECT_EQ(get("/api/jobs?status=pending&model=theta").json()["total"], 5);
  EXPECT_EQ(get("/api/v2/jobs?status=completed").json()["total"], 0);
}

TEST_F(JobsApi, RefusesUnknownOrWrongListParameters) {
  for (const auto* query : {"status=done", "limit=0", "limit=x", "before=7", "colour=red"}) {
    EXPECT_EQ(get(std::string("/api/v2/jobs?") + query).status, 400) << query;
  }
}

TEST_F(JobsApi, AcceptsManyJobsAndAnswersForEach) {
  const std::string good = good_config;
  const std::string bad = R"({"config":{"data_path":"a.csv","horizon":0}})";
  const auto answer = post("/api/v2/jobs/bulk",
                           "{\"submit\":true,\"jobs\":[" + good + "," + bad + "," + good + "]}");
  ASSERT_EQ(answer.status, 200) << answer.body;
  const auto results = answer.json()["results"];
  EXPECT_EQ(results[0]["status"], "submitting");
  EXPECT_EQ(results[1]["status_code"], 422);
  EXPECT_EQ(results[1]["error"]["field"], "horizon");
  EXPECT_EQ(record(results[2]["job_id"]).status, domain::JobStatus::submitting);
  EXPECT_EQ(answer.json()["accepted"], 2);
}

TEST_F(JobsApi, ReplacesInlineRowsByAPath) {
  const auto answer = post(
      "/api/v2/jobs",
      R"({"config":{"data":[{"ds":"2024-01-01","y":1},{"ds":"2024-02-01","y":"a,b"}],"horizon":3}})");
  ASSERT_EQ(answer.status, 201) << answer.body;
  const auto config = answer.json()["config"];
  EXPECT_FALSE(config.contains("data"));
  std::ifstream in(config["data_path"].get<std::string>());
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}),
            "ds,y\n2024-01-01,1\n2024-02-01,\"a,b\"\n");
}

TEST_F(JobsApi, KeepsNoRowsOfARefusedConfig) {
  EXPECT_EQ(post("/api/v2/jobs", R"({"config":{"data":[{"y":1}],"horizon":0}})").status, 422);
  EXPECT_EQ(files_in(folder_ / "uploads"), 0U);
}

TEST_F(JobsApi, TellsAJobsHistory) {
  const auto id = create("?submit=true");
  complete(id, "{}", "{}");
  const auto events = get("/api/v2/jobs/" + id + "/history").json()["events"];
  ASSERT_EQ(events.size(), 4U);
  EXPECT_EQ(events[0]["event"], "JOB_CREATED");
  EXPECT_EQ(events[3]["event"], "JOB_COMPLETED");
}

TEST_F(JobsApi, DeletesAnEndedJobAndNoOther) {
  const auto id = create("?submit=true");
  EXPECT_EQ(described("DELETE", "/api/v2/jobs/" + id).status, 409);
  post("/api/v2/jobs/" + id + "/cancel");
  EXPECT_EQ(described("DELETE", "/api/v2/jobs/" + id).status, 204);
  EXPECT_EQ(get("/api/v2/jobs/" + id).status, 404);
}

TEST_F(JobsApi, DeletesTheArtefactsOfEveryAttemptWithTheJob) {
  const auto id = create("?submit=true");
  const auto other = create("?submit=true");
  complete(id, "{}", "{}");
  const auto file = [](const std::string& job) {
    return wire::job_folder(*JobId::parse(job), 1) + "/model.json";
  };
  for (const auto& job : {id, other})
    ASSERT_TRUE(artifacts_->put(file(job), "{}"));
  EXPECT_EQ(described("DELETE", "/api/v2/jobs/" + other).status, 409);
  EXPECT_EQ(described("DELETE", "/api/v2/jobs/" + id).status, 204);
  EXPECT_EQ(artifacts_->get(file(id)).error().code, Errc::not_found);
  EXPECT_TRUE(artifacts_->get(file(other))) << "what goes on keeps its files";
}

}  // namespace
}  // namespace trainyard::http

#include "tests/contract/http_api/live_fixture.hpp"

#include <fstream>
#include <future>
#include <sstream>

// The endpoints of before v2, as their clients know them.

namespace trainyard::http {
namespace {

const std::string train_request = R"({"data":[{"ds":"2024-01-01","y":1},{"ds":"2024-02-01","y":2}],
  "time_col":"ds","target_col":"y","covariates":null,"horizon":3,"frequency":"monthly",
  "models":["theta"],"segment_id":"north"})";

class LegacyApi : public LiveApi {
 protected:
  std::future<Answer> train(const std::string& body = train_request) {
    return std::async(std::launch::async, [this, body] { return post("/api/train", body); });
  }
  // The one job there is, as soon as there is one.
  std::string accepted_job() {
    while (true) {
      const auto page = store_->list({});
      if (!page->jobs.empty()) return page->jobs.front().id.to_string();
      EXPECT_TRUE(store_->await_outbox(milliseconds(1'000)));
    }
  }
  static std::string run_of(const std::string& job) { return "local-" + job; }
  json status_of(const std::string& run) { return get("/api/job-status/" + run).json(); }
};

TEST_F(LegacyApi, TrainAnswersTheResultsOnceTheJobHasEnded) {
  auto answer = train();
  const auto id = accepted_job();
  EXPECT_EQ(record(id).status, domain::JobStatus::submitting);
  complete(id, "{}", R"({"best_model":"theta"})");
  relay();
  const auto told = answer.get();
  EXPECT_EQ(told.status, 200) << told.body;
  EXPECT_EQ(told.json(), get("/api/v2/jobs/" + id + "/results").json());
  EXPECT_EQ(told.json()["results"]["best_model"], "theta");
}

TEST_F(LegacyApi, TrainAnswersAFailedJobWithItsErrorAndItsName) {
  auto answer = train();
  const auto id = accepted_job();
  fail_job(id);
  relay();
  const auto told = answer.get();
  EXPECT_EQ(told.status, 500) << told.body;
  EXPECT_EQ(told.headers.at("content-type"), "application/problem+json");
  EXPECT_EQ(told.json()["detail"], record(id).error);
  EXPECT_EQ(told.json()["category"], to_string(*record(id).error_category));
  EXPECT_EQ(told.json()["job_id"], id);
  EXPECT_EQ(told.headers.at("location"), "/api/v2/jobs/" + id);
}

TEST_F(LegacyApi, TrainSaysThatItsJobWasCancelled) {
  auto answer = train();
  const auto id = accepted_job();
  EXPECT_EQ(post("/api/v2/jobs/" + id + "/cancel").status, 200);
  relay();
  const auto told = answer.get();
  EXPECT_EQ(told.status, 409) << told.body;
  EXPECT_EQ(told.json()["code"], "cancelled");
  EXPECT_EQ(told.json()["job_id"], id);
}

TEST_F(LegacyApi, TrainThatTakesLongerThanARequestMayNamesTheJobThatGoesOn) {
  api_->train_wait = std::chrono::seconds(0);
  const auto told = post("/api/train", train_request);
  EXPECT_EQ(told.status, 504) << told.body;
  const auto id = told.json()["job_id"].get<std::string>();
  EXPECT_EQ(told.headers.at("location"), "/api/v2/jobs/" + id);
  EXPECT_TRUE(told.json()["hint"].get<std::string>().contains("/api/v2/jobs/" + id + "/results"));
  complete(id, "{}", "{}");
  EXPECT_EQ(get("/api/v2/jobs/" + id + "/results").status, 200);
}

TEST_F(LegacyApi, TrainSentAgainUnderItsKeyIsForTheSameJob) {
  api_->train_wait = std::chrono::seconds(0);
  const std::map<std::string, std::string> headers{{"Idempotency-Key", "monday"}};
  const auto first = client().send("POST", "/api/train", train_request, headers);
  ASSERT_EQ(first.status, 504) << first.body;
  // A moment later it would be taken for one that is still being done.
  const auto again = client().send("POST", "/api/train", train_request, headers);
  EXPECT_EQ(again.status, 409) << again.body;
  EXPECT_EQ(store_->list({})->jobs.size(), 1U);
}

TEST_F(LegacyApi, TrainLosesNoJobToAClientThatHangsUp) {
  {
    Client impatient(server_->port());
    impatient.write(
        "POST /api/train HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n"
        "Content-Length: " +
        std::to_string(train_request.size()) + "\r\n\r\n" + train_request);
    accepted_job();
  }
  const auto id = accepted_job();
  complete(id, "{}", "{}");
  relay();
  EXPECT_EQ(status_of(run_of(id))["result_state"], "SUCCESS");
}

TEST_F(LegacyApi, TrainEndsWithTheServerAndNamesTheJob) {
  auto answer = train();
  const auto id = accepted_job();
  server_->stop();
  const auto told = answer.get();
  EXPECT_EQ(told.status, 503) << told.body;
  EXPECT_EQ(told.json()["job_id"], id);
}

TEST_F(LegacyApi, RowsOfOneSegmentNeedNotSaySo) {
  const auto run = post("/api/train-serverless", train_request).json();
  EXPECT_EQ(run["status"], "submitted");
  const auto job = get("/api/v2/jobs/" + run["run_id"].get<std::string>().substr(6)).json();
  EXPECT_EQ(job["segment_id"], "north");
  EXPECT_EQ(job["config"]["segment_col"], "segment_id");
  EXPECT_FALSE(job["config"].contains("covariates"));
  std::ifstream file(job["config"]["data_path"].get<std::string>());
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), "ds,segment_id,y\n2024-01-01,north,1\n2024-02-01,north,2\n");
}

TEST_F(LegacyApi, RunsAreKnownFromTheirSubmissionToTheirEnd) {
  const auto run = post("/api/train-serverless", train_request).json()["run_id"].get<std::string>();
  const auto id = run.substr(6);
  EXPECT_EQ(run, run_of(id));
  EXPECT_EQ(status_of(run), (json{{"run_id", run},
                                  {"job_id", id},
                                  {"state", "PENDING"},
                                  {"result_state", nullptr},
                                  {"start_time", nullptr},
                                  {"end_time", nullptr},
                                  {"error", nullptr}}));
  const auto claimed = claim(id);
  EXPECT_EQ(status_of(run)["state"], "RUNNING");
  EXPECT_EQ(record(id).run_id, run);
  EXPECT_EQ(status_of(run)["start_time"].get<std::int64_t>(),
            std::chrono::floor<milliseconds>(claimed.started_at->time_since_epoch()).count());
  post("/api/v2/jobs/" + id + "/cancel");
  EXPECT_EQ(status_of(run)["state"], "TERMINATING");
}

TEST_F(LegacyApi, BatchAnswersARunPerSegmentAndModel) {
  const auto answer = post("/api/train-batch-serverless", R"({"data_path":"a.csv","horizon":3,
    "segments":[{"segment_id":"north","note":"x"},"south"],"models":["ets","theta"]})");
  ASSERT_EQ(answer.status, 200) << answer.body;
  const auto told = answer.json();
  EXPECT_EQ(told["status"], "submitted");
  EXPECT_EQ(told["total_jobs"], 4);
  ASSERT_EQ(told["job_runs"].size(), 2U);
  ASSERT_EQ(told["job_runs"]["south"].size(), 2U);
  EXPECT_EQ(told["job_runs"]["south"][1]["model"], "theta");
  const auto run = told["job_runs"]["south"][1]["run_id"].get<std::string>();
  const auto job = get("/api/v2/jobs/" + run.substr(6)).json();
  EXPECT_EQ(job["segment_id"], "south");
  EXPECT_EQ(job["model"], "theta");
  EXPECT_EQ(answer.headers.at("location"), "/api/v2/batches/" + job["batch_id"].get<std::string>());
}

TEST_F(LegacyApi, BatchStatusCountsEveryRunOnce) {
  std::vector<std::string> jobs;
  for (int i = 0; i < 6; ++i)
    jobs.push_back(create("?submit=true"));
  complete(jobs[0], "{}", "{}");
  fail_job(jobs[1]);
  post("/api/v2/jobs/" + jobs[2] + "/cancel");
  claim(jobs[3]);
  claim(jobs[4]);
  post("/api/v2/jobs/" + jobs[4] + "/cancel");
  const auto answer = get("/api/batch-status?run_ids=" + run_of(jobs[0]) + "," + run_of(jobs[1]) +
                          "," + run_of(jobs[2]) + "&run_ids=" + run_of(jobs[3]) +
                          "&run_ids=" + run_of(jobs[4]) + "&run_ids=" + run_of(jobs[5]));
  ASSERT_EQ(answer.status, 200) << answer.body;
  const auto told = answer.json();
  EXPECT_EQ(told["total"], 6);
  EXPECT_EQ(told["completed"], 1);
  EXPECT_EQ(told["failed"], 2);
  EXPECT_EQ(told["running"], 2);
  EXPECT_EQ(told["pending"], 1);
  EXPECT_EQ(told["details"][2]["result_state"], "CANCELED");
  EXPECT_EQ(told["details"][3]["run_id"], run_of(jobs[3]));
}

TEST_F(LegacyApi, RunsOfOthersAndUnknownOnesAreRefused) {
  const auto id = create();
  EXPECT_EQ(get("/api/job-status/" + id).status, 400);
  EXPECT_EQ(get("/api/job-status/" + run_of(JobId::make().to_string())).status, 404);
  EXPECT_EQ(get("/api/batch-status").json()["field"], "run_ids");
  EXPECT_EQ(get("/api/batch-status?run_ids=" + run_of(id) + ",nonsense").status, 400);
  user_ = "mallory";
  EXPECT_EQ(get("/api/job-status/" + run_of(id)).status, 403);
  EXPECT_EQ(get("/api/batch-status?run_ids=" + run_of(id)).status, 403);
}

TEST_F(LegacyApi, RequestsAreRefusedByTheNameOfWhatIsWrong) {
  EXPECT_EQ(post("/api/train", R"({"horizon":3,"data":[],"models":["ets"]})").json()["field"],
            "data");
  EXPECT_EQ(post("/api/train-serverless", R"({"data_path":"a.csv","horizon":3,"model":"ets"})")
                .json()["field"],
            "model");
  EXPECT_EQ(post("/api/train-batch-serverless",
                 R"({"data_path":"a.csv","horizon":3,"segments":[{"name":"north"}]})")
                .json()["field"],
            "segments[0]");
}

}  // namespace
}  // namespace trainyard::http

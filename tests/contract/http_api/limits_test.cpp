#include "api/control/admit.hpp"
#include "tests/contract/http_api/api_fixture.hpp"

namespace trainyard::http {
namespace {

class LimitsApi : public ApiTest {
 protected:
  LimitsApi() { who_.role = domain::Role::admin; }

  void offer(int slots) {
    ASSERT_TRUE(line_->report({.worker_id = "w", .slots = slots, .appetite = slots}));
  }
  void admit() { ASSERT_TRUE(control::admit(*line_, *store_, 100)); }
  json explain(const std::string& id) { return get("/api/v2/jobs/" + id + "/explain").json(); }
  std::string create_with(const std::string& options) {
    const auto body =
        good_config.substr(0, good_config.size() - 1) + ",\"options\":" + options + "}";
    const auto answer = post("/api/v2/jobs?submit=true", body);
    EXPECT_EQ(answer.status, 201) << answer.body;
    return answer.json().value("job_id", "");
  }
  Answer put(const std::string& path, const std::string& body) const {
    return described("PUT", path, body);
  }
};

TEST_F(LimitsApi, SetsShowsAndRemovesALimit) {
  const auto set = put("/api/v2/limits/user/ann",
                       R"({"concurrency":3,"rate":{"jobs":10,"period_seconds":60},"backlog":5})");
  ASSERT_EQ(set.status, 200) << set.body;
  EXPECT_EQ(set.json()["rate"]["burst"], 10);
  EXPECT_EQ(get("/api/v2/limits").json()["limits"].size(), 1U);
  EXPECT_EQ(described("DELETE", "/api/v2/limits/user/ann").status, 204);
  EXPECT_EQ(described("DELETE", "/api/v2/limits/user/ann").status, 404);
}

TEST_F(LimitsApi, NamesWhatIsWrongWithALimit) {
  EXPECT_EQ(put("/api/v2/limits/planet/mars", "{}").json()["field"], "scope");
  EXPECT_EQ(put("/api/v2/limits/user/ann", R"({"concurrency":-1})").json()["field"], "concurrency");
  EXPECT_EQ(put("/api/v2/limits/user/ann", R"({"rate":{}})").json()["field"], "rate.jobs");
  EXPECT_EQ(put("/api/v2/limits/user/ann", R"({"speed":1})").json()["field"], "speed");
}

TEST_F(LimitsApi, RefusesJobsBeyondTheBacklogWith429) {
  ASSERT_EQ(put("/api/v2/limits/key/slow", R"({"backlog":2})").status, 200);
  create_with(R"({"key":"slow"})");
  create_with(R"({"key":"slow"})");
  const auto body = good_config.substr(0, good_config.size() - 1) + R"(,"options":{"key":"slow"}})";
  const auto refused = post("/api/v2/jobs?submit=true", body);
  EXPECT_EQ(refused.status, 429) << refused.body;
  EXPECT_EQ(refused.json()["code"], "limited");
  EXPECT_EQ(refused.json()["field"], "options.key");
  EXPECT_TRUE(refused.headers.contains("retry-after"));
  EXPECT_EQ(post("/api/v2/jobs?submit=true", good_config).status, 201);
}

TEST_F(LimitsApi, TakesAnnouncementsBackWhenItPauses) {
  offer(10);
  const auto id = create("?submit=true");
  ASSERT_TRUE(record(id).admitted_at);
  const auto paused = post("/api/v2/limits/queue/default/pause", R"({"reason":"maintenance"})");
  ASSERT_EQ(paused.status, 200) << paused.body;
  EXPECT_EQ(paused.json()["paused_until"], "forever");
  EXPECT_FALSE(record(id).admitted_at);
  admit();
  EXPECT_FALSE(record(id).admitted_at);
  EXPECT_EQ(explain(id)["reason"], "paused");
  EXPECT_NE(explain(id)["explanation"].get<std::string>().find("maintenance"), std::string::npos);
  ASSERT_EQ(post("/api/v2/limits/queue/default/resume").status, 200);
  admit();
  EXPECT_TRUE(record(id).admitted_at);
}

TEST_F(LimitsApi, ExplainsEveryState) {
  const auto id = create();
  EXPECT_EQ(explain(id)["reason"], "not_submitted");
  ASSERT_EQ(post("/api/v2/jobs/" + id + "/submit").status, 200);
  EXPECT_EQ(explain(id)["reason"], "no_worker");
  offer(0);
  EXPECT_EQ(explain(id)["reason"], "in_line");
  admit();
  EXPECT_EQ(explain(id)["reason"], "announced");
  const auto next = create("?submit=true");
  EXPECT_EQ(explain(next)["reason"], "no_room");
  claim(id);
  EXPECT_EQ(explain(id)["reason"], "running");
  ASSERT_EQ(post("/api/v2/jobs/" + id + "/cancel").status, 200);
  EXPECT_EQ(explain(id)["reason"], "cancelling");
  ASSERT_EQ(post("/api/v2/jobs/" + next + "/cancel").status, 200);
  EXPECT_EQ(explain(next)["reason"], "cancelled");
}

TEST_F(LimitsApi, ExplainsDelaysAndLimits) {
  offer(10);
  EXPECT_EQ(explain(create_with(R"({"run_at":"2999-01-01T00:00:00Z"})"))["reason"], "delayed");
  ASSERT_EQ(put("/api/v2/limits/key/one", R"({"concurrency":1})").status, 200);
  create_with(R"({"key":"one"})");
  const auto second = create_with(R"({"key":"one"})");
  admit();
  const auto capped = explain(second);
  EXPECT_EQ(capped["reason"], "concurrency");
  EXPECT_EQ(capped["in_flight"], 1);
  EXPECT_EQ(capped["limit"]["name"], "one");
  ASSERT_EQ(put("/api/v2/limits/key/rare", R"({"rate":{"jobs":1,"period_seconds":3600}})").status,
            200);
  create_with(R"({"key":"rare"})");
  const auto late = create_with(R"({"key":"rare"})");
  admit();
  EXPECT_EQ(explain(late)["reason"], "rate");
  EXPECT_TRUE(explain(late)["until"].is_string());
}

TEST_F(LimitsApi, ExplainsAPlaceInLine) {
  offer(1);
  for (int i = 0; i < 5; ++i)
    create("?submit=true");
  admit();
  const auto last = create("?submit=true");
  const auto told = explain(last);
  EXPECT_EQ(told["reason"], "in_line");
  EXPECT_EQ(told["line"]["ahead_of_user"], 3);
  EXPECT_EQ(told["capacity"]["slots"], 1);
}

TEST_F(LimitsApi, NamesWhatIsWrongWithOptions) {
  const auto with = [&](const std::string& options) {
    return post("/api/v2/jobs",
                good_config.substr(0, good_config.size() - 1) + ",\"options\":" + options + "}");
  };
  EXPECT_EQ(with("[]").json()["field"], "options");
  EXPECT_EQ(with(R"({"queue":""})").json()["field"], "options.queue");
  EXPECT_EQ(with(R"({"run_at":"tomorrow"})").json()["field"], "options.run_at");
  EXPECT_EQ(with(R"({"lease_seconds":0})").json()["field"], "options.lease_seconds");
  EXPECT_EQ(with(R"({"tiemout_seconds":5})").json()["field"], "options.tiemout_seconds");
}

TEST_F(LimitsApi, ShowsTheWorkers) {
  offer(3);
  const auto workers = get("/api/v2/workers").json();
  EXPECT_EQ(workers["workers"][0]["slots"], 3);
  EXPECT_EQ(workers["slots"], 3);
}

}  // namespace
}  // namespace trainyard::http

#include "tests/contract/http_api/api_fixture.hpp"

namespace trainyard::http {
namespace {

class SchedulesApi : public ApiTest {
 protected:
  Answer put(const json& spec, const std::string& name = "nightly") const {
    return described("PUT", "/api/v2/schedules/" + name, spec.dump());
  }
  json schedule() const { return get("/api/v2/schedules/nightly").json(); }
};

const json nightly{{"cron", "30 2 * * *"},
                   {"timezone", "Europe/Berlin"},
                   {"config", {{"data_path", "a.csv"}, {"horizon", 3}, {"segment_col", "s"}}}};

TEST_F(SchedulesApi, AreStoredWithTheirNextOccurrence) {
  const auto made = put(nightly);
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.json()["spec"], nightly);
  const auto due = from_iso8601(made.json()["due_at"].get<std::string>());
  ASSERT_TRUE(due.has_value());
  EXPECT_GT(*due, system_clock().now());
  EXPECT_LT(*due, system_clock().now() + std::chrono::hours(26));
  EXPECT_EQ(put(nightly).status, 200);
  EXPECT_EQ(get("/api/v2/schedules").json()["schedules"].size(), 1U);
  EXPECT_EQ(described("DELETE", "/api/v2/schedules/nightly").status, 204);
  EXPECT_EQ(get("/api/v2/schedules/nightly").status, 404);
}

TEST_F(SchedulesApi, ArePausedAndResumed) {
  put(nightly);
  EXPECT_TRUE(post("/api/v2/schedules/nightly/pause").json()["due_at"].is_null());
  EXPECT_EQ(schedule()["spec"]["enabled"], false);
  EXPECT_FALSE(post("/api/v2/schedules/nightly/resume").json()["due_at"].is_null());
  EXPECT_EQ(schedule()["spec"]["enabled"], true);
}

TEST_F(SchedulesApi, RunNowWhenAsked) {
  put(nightly);
  const auto first = post("/api/v2/schedules/nightly/run");
  ASSERT_EQ(first.status, 202) << first.body;
  EXPECT_EQ(first.json()["total_jobs"], 2);
  EXPECT_EQ(post("/api/v2/schedules/nightly/run").status, 202);
  const auto jobs = get("/api/v2/jobs").json();
  EXPECT_EQ(jobs["total"], 4) << "each run is one of its own";
  EXPECT_EQ(jobs["jobs"][0]["cause"]["subject"], "nightly");
  EXPECT_EQ(jobs["jobs"][0]["cause"]["type"], "trainyard.schedule.run.v1");
}

TEST_F(SchedulesApi, AreCheckedKeyByKey) {
  const auto refused = [&](const std::string& key, const json& value) {
    auto spec = nightly;
    spec[key] = value;
    const auto answer = put(spec);
    EXPECT_EQ(answer.status, 422) << answer.body;
    return answer.json()["field"];
  };
  EXPECT_EQ(refused("cron", "61 * * * *"), "cron");
  EXPECT_EQ(refused("timezone", "Mars/Olympus"), "timezone");
  EXPECT_EQ(refused("misfire", "panic"), "misfire");
  EXPECT_EQ(refused("catch_up", 0), "catch_up");
  EXPECT_EQ(refused("enabled", "yes"), "enabled");
  EXPECT_EQ(refused("colour", 1), "colour");
}

TEST_F(SchedulesApi, BelongToTheirUser) {
  put(nightly);
  user_ = "grace";
  for (const auto* verb : {"/run", "/pause", "/resume"})
    EXPECT_EQ(post("/api/v2/schedules/nightly" + std::string(verb)).status, 403) << verb;
  EXPECT_EQ(get("/api/v2/schedules/nightly").status, 403);
  EXPECT_EQ(get("/api/v2/schedules/nightly/decisions").status, 403);
}

TEST_F(SchedulesApi, TellWhatTheyDecided) {
  put(nightly);
  ports::Advance advance{.kind = ports::DefinitionKind::schedule,
                         .name = "nightly",
                         .revision = 1,
                         .state = "{}",
                         .due_at = {},
                         .decisions = {}};
  for (const auto* outcome : {"skipped", "fired"})
    advance.decisions.push_back(
        {.at = system_clock().now(), .outcome = outcome, .reason = "r", .data = R"({"n":1})"});
  ASSERT_TRUE(definitions_->advance(advance).has_value());
  const auto page = get("/api/v2/schedules/nightly/decisions?limit=1").json();
  EXPECT_EQ(page["decisions"][0]["outcome"], "fired");
  EXPECT_EQ(page["decisions"][0]["data"]["n"], 1);
  EXPECT_EQ(page["has_more"], true);
  const auto id = page["decisions"][0]["id"].get<int>();
  EXPECT_EQ(get("/api/v2/schedules/nightly/decisions?before=" + std::to_string(id))
                .json()["decisions"][0]["outcome"],
            "skipped");
}

}  // namespace
}  // namespace trainyard::http

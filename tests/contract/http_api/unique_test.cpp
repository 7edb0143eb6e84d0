#include "tests/contract/http_api/api_fixture.hpp"

namespace trainyard::http {
namespace {

class UniqueApi : public ApiTest {
 protected:
  static json body(const json& unique) {
    auto made = json::parse(good_config);
    made["options"]["unique"] = unique;
    return made;
  }
  Answer ask(const json& unique) const { return post("/api/v2/jobs", body(unique).dump()); }
};

TEST_F(UniqueApi, AnswersTheJobThatHasTheKey) {
  const auto first = ask({{"key", "nightly"}});
  ASSERT_EQ(first.status, 201) << first.body;
  EXPECT_EQ(first.json()["unique_key"], "nightly");
  EXPECT_FALSE(first.json().contains("duplicate"));
  const auto second = ask({{"key", "nightly"}});
  ASSERT_EQ(second.status, 200) << second.body;
  EXPECT_EQ(second.json()["job_id"], first.json()["job_id"]);
  EXPECT_EQ(second.json()["duplicate"], true);
  EXPECT_EQ(second.headers.at("location"), first.headers.at("location"));
  EXPECT_EQ(get("/api/v2/jobs").json()["total"], 1);
}

TEST_F(UniqueApi, CountsStatesAndWindow) {
  const std::string id = ask({{"key", "k"}}).json()["job_id"];
  EXPECT_EQ(ask({{"key", "k"}, {"within_seconds", 60}}).status, 200);
  EXPECT_EQ(ask({{"key", "k"}, {"states", {"running"}}}).status, 201);
  EXPECT_EQ(ask({{"key", "k"}, {"states", {"completed"}}}).status, 201);
  EXPECT_EQ(get("/api/v2/jobs").json()["total"], 3);
}

TEST_F(UniqueApi, TellsDuplicatesOfABulkRequest) {
  const json jobs{{"jobs", {body({{"key", "k"}}), body({{"key", "k"}}), body({{"key", "l"}})}}};
  const auto answer = post("/api/v2/jobs/bulk", jobs.dump());
  ASSERT_EQ(answer.status, 200) << answer.body;
  const auto results = answer.json()["results"];
  EXPECT_EQ(results[0]["status_code"].get<int>() + results[1]["status_code"].get<int>(), 401);
  EXPECT_EQ(results[0]["job_id"], results[1]["job_id"]);
  EXPECT_EQ(results[2]["duplicate"], false);
  EXPECT_EQ(get("/api/v2/jobs").json()["total"], 2);
}

TEST_F(UniqueApi, RefusesWhatIsNoRuleByField) {
  const auto field = [&](const json& unique) { return ask(unique).json()["field"]; };
  EXPECT_EQ(field("nightly"), "options.unique");
  EXPECT_EQ(field(json::object()), "options.unique.key");
  EXPECT_EQ(field({{"key", std::string(201, 'k')}}), "options.unique.key");
  EXPECT_EQ(field({{"key", "k"}, {"within_seconds", 0}}), "options.unique.within_seconds");
  EXPECT_EQ(field({{"key", "k"}, {"states", {"asleep"}}}), "options.unique.states");
  EXPECT_EQ(field({{"key", "k"}, {"states", json::array()}}), "options.unique.states");
  EXPECT_EQ(field({{"key", "k"}, {"colour", 1}}), "options.unique.colour");
  const auto batch = json{{"config", {{"data_path", "a.csv"}, {"horizon", 3}}},
                          {"options", {{"unique", {{"key", "k"}}}}}};
  EXPECT_EQ(post("/api/v2/batches", batch.dump()).json()["field"], "options.unique");
}

}  // namespace
}  // namespace trainyard::http

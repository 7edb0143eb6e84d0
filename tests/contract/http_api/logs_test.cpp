#include "tests/contract/http_api/api_fixture.hpp"

namespace trainyard::http {
namespace {

class LogsApi : public ApiTest {
 protected:
  // As a worker would: lines of one attempt, numbered from `first`.
  void write(const std::string& id, int attempt, int first, std::vector<std::string> texts) const {
    std::vector<domain::LogLine> lines;
    for (auto& text : texts) {
      lines.push_back({.job_id = *JobId::parse(id),
                       .seq = domain::log_seq_before(attempt) + first++,
                       .at = TimePoint(std::chrono::microseconds(1'769'000'000'000'000)),
                       .level = LineLevel::warning,
                       .text = std::move(text)});
    }
    ASSERT_TRUE(job_log_->append(lines));
  }
  static std::string path(const std::string& id, const std::string& query = "") {
    return "/api/v2/jobs/" + id + "/logs" + query;
  }
};

TEST_F(LogsApi, GivesTheLinesOfAJob) {
  const auto id = create();
  write(id, 1, 1, {"first", "second"});
  const auto answer = get(path(id));
  ASSERT_EQ(answer.status, 200) << answer.body;
  const auto body = answer.json();
  ASSERT_EQ(body["lines"].size(), 2U);
  EXPECT_EQ(body["lines"][0]["line"], "first");
  EXPECT_EQ(body["lines"][0]["attempt"], 1);
  EXPECT_EQ(body["lines"][0]["level"], "warning");
  EXPECT_EQ(body["next"], body["lines"][1]["seq"]);
  EXPECT_EQ(body["has_more"], false);
}

TEST_F(LogsApi, GoesOnWhereTheLastAnswerEnded) {
  const auto id = create();
  write(id, 1, 1, {"a", "b", "c"});
  const auto first = get(path(id, "?limit=2")).json();
  EXPECT_EQ(first["has_more"], true);
  const auto rest = get(path(id, "?after=" + first["next"].dump())).json();
  ASSERT_EQ(rest["lines"].size(), 1U);
  EXPECT_EQ(rest["lines"][0]["line"], "c");
  const auto end = get(path(id, "?after=" + rest["next"].dump())).json();
  EXPECT_TRUE(end["lines"].empty());
  EXPECT_EQ(end["next"], rest["next"]);
}

TEST_F(LogsApi, GivesOneAttemptAlone) {
  const auto id = create();
  write(id, 1, 1, {"first try"});
  write(id, 2, 1, {"second try"});
  const auto body = get(path(id, "?attempt=2")).json();
  ASSERT_EQ(body["lines"].size(), 1U);
  EXPECT_EQ(body["lines"][0]["line"], "second try");
}

TEST_F(LogsApi, GivesTextToWhoPrefersIt) {
  const auto id = create();
  write(id, 1, 1, {"first", "second"});
  const auto answer = client().send("GET", path(id), "", {{"Accept", "text/plain"}});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.at("content-type"), "text/plain; charset=utf-8");
  EXPECT_EQ(answer.body,
            "2026-01-21T12:53:20Z warning first\n"
            "2026-01-21T12:53:20Z warning second\n");
}

TEST_F(LogsApi, RefusesWhatItDoesNotUnderstand) {
  const auto id = create();
  for (const auto* query : {"?after=-1", "?after=x", "?limit=0", "?limit=5001", "?attempt=0"}) {
    EXPECT_EQ(get(path(id, query)).status, 400) << query;
  }
}

TEST_F(LogsApi, KeepsUsersApart) {
  const auto id = create();
  write(id, 1, 1, {"mine"});
  user_ = "somebody_else";
  EXPECT_EQ(get(path(id)).status, 403);
  EXPECT_EQ(get(path(JobId::make().to_string())).status, 404);
}

}  // namespace
}  // namespace trainyard::http

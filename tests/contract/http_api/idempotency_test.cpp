#include "tests/contract/http_api/api_fixture.hpp"

namespace trainyard::http {
namespace {

class IdempotencyApi : public ApiTest {
 protected:
  Answer post_named(const std::string& key, const std::string& path, const std::string& body) {
    return client().send("POST", path, body, {{"Idempotency-Key", key}});
  }
  std::int64_t jobs() { return get("/api/v2/jobs").json()["total"]; }
};

TEST_F(IdempotencyApi, GivesTheFirstAnswerAgainAndDoesNothing) {
  const auto first = post_named("a", "/api/v2/jobs?submit=true", good_config);
  ASSERT_EQ(first.status, 201) << first.body;
  EXPECT_FALSE(first.headers.contains("idempotency-replayed"));
  const auto again = post_named("a", "/api/v2/jobs?submit=true", good_config);
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(again.headers.at("location"), first.headers.at("location"));
  EXPECT_EQ(again.headers.at("idempotency-replayed"), "true");
  EXPECT_EQ(jobs(), 1);
}

TEST_F(IdempotencyApi, RefusesAnotherRequestUnderTheSameKey) {
  ASSERT_EQ(post_named("a", "/api/v2/jobs", good_config).status, 201);
  const auto other = post_named("a", "/api/v2/jobs?submit=true", good_config);
  EXPECT_EQ(other.status, 422);
  EXPECT_EQ(other.json()["field"], "Idempotency-Key");
  EXPECT_EQ(jobs(), 1);
}

TEST_F(IdempotencyApi, TakesARefusedRequestAgain) {
  EXPECT_EQ(post_named("a", "/api/v2/jobs", R"({"config":{}})").status, 422);
  EXPECT_EQ(post_named("a", "/api/v2/jobs", good_config).status, 201);
}

TEST_F(IdempotencyApi, MakesABatchOnce) {
  const std::string batch =
      R"({"config":{"data_path":"a.csv","horizon":3},"models":["ets","theta"]})";
  const auto first = post_named("b", "/api/v2/batches", batch);
  ASSERT_EQ(first.status, 201) << first.body;
  EXPECT_EQ(post_named("b", "/api/v2/batches", batch).body, first.body);
  EXPECT_EQ(get("/api/v2/batches").json()["total"], 1);
}

TEST_F(IdempotencyApi, TakesUpWhatItsDoerLeftWithTheSameIds) {
  const ports::RequestKey key{.user_id = "ann", .key = "a"};
  const auto now = system_clock().now();
  const auto seed_of = [](const Result<service::RequestLedger::Begun>& begun) {
    return std::get<service::RequestLedger::Do>(*begun).seed;
  };
  const auto first = ledger_->begin(key, "f", now);
  ASSERT_TRUE(first);
  EXPECT_EQ(ledger_->begin(key, "f", now).error().code, Errc::conflict);
  const auto later = ledger_->begin(key, "f", now + std::chrono::minutes(1));
  ASSERT_TRUE(later);
  EXPECT_EQ(seed_of(later), seed_of(first));
}

TEST_F(IdempotencyApi, RefusesAKeyThatIsTooLong) {
  EXPECT_EQ(post_named(std::string(256, 'k'), "/api/v2/jobs", good_config).status, 400);
}

}  // namespace
}  // namespace trainyard::http

#include "common/adapters/postgres/postgres_store.hpp"
#include "common/adapters/sqlite/sqlite_store.hpp"
#include "tests/support/postgres/test_schema.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <thread>
#include <unistd.h>

namespace trainyard::ports {
namespace {

struct Opened {
  std::shared_ptr<void> place;  // what the store lives in; gone last
  std::unique_ptr<IdempotencyStore> store;
};

struct Backend {
  std::string name;
  std::function<Result<Opened>()> make;
};

Result<Opened> in_sqlite() {
  static std::atomic<int> next = 0;
  const auto folder = std::filesystem::temp_directory_path() /
                      fmt::format("trainyard-keys-{}-{}", ::getpid(), next++);
  std::filesystem::create_directories(folder);
  const std::shared_ptr<void> place(nullptr,
                                    [folder](void*) { std::filesystem::remove_all(folder); });
  TRY(const auto database, sqlite::open_database({.path = folder / "jobs.db"}));
  return Opened{.place = place, .store = sqlite::make_idempotency_store(database)};
}

Result<Opened> in_postgres() {
  TRY(auto made, tests::TestSchema::make());
  const auto schema = std::make_shared<tests::TestSchema>(std::move(made));
  TRY_DO(postgres::migrate(schema->uri()));
  TRY(const auto database, postgres::open_database({.uri = schema->uri()}));
  return Opened{.place = schema, .store = postgres::make_idempotency_store(database)};
}

class IdempotencyStoreContract : public ::testing::TestWithParam<Backend> {
 protected:
  void SetUp() override {
    auto made = GetParam().make();
    if (!made && made.error().code == Errc::unavailable &&
        std::getenv("TRAINYARD_TEST_REQUIRE_SERVICES") == nullptr) {
      GTEST_SKIP() << describe(made.error());
    }
    ASSERT_TRUE(made) << describe(made.error());
    opened_ = *std::move(made);
  }

  IdempotencyStore& store() { return *opened_.store; }
  IdempotencyStore::Begun begin(const std::string& fingerprint = "f") {
    const auto begun = store().begin(key, fingerprint, Uuid::make_v7());
    EXPECT_TRUE(begun) << describe(begun.error());
    return begun.value_or(IdempotencyStore::Begun());
  }

  const RequestKey key{.user_id = "ann", .key = "order-1"};
  const KeptAnswer answer{.status = 201,
                          .content_type = "application/json",
                          .location = "/api/v2/jobs/1",
                          .body = R"({"job_id":"1"})"};

 private:
  Opened opened_;
};

TEST_P(IdempotencyStoreContract, GivesASecondRequestWhatTheFirstOneBegan) {
  const auto first = begin("f");
  EXPECT_TRUE(first.is_new);
  EXPECT_FALSE(first.request.answer);
  const auto second = begin("another");
  EXPECT_FALSE(second.is_new);
  EXPECT_EQ(second.request.fingerprint, "f");
  EXPECT_EQ(second.request.seed, first.request.seed);
  EXPECT_EQ(second.request.begun_at, first.request.begun_at);
}

TEST_P(IdempotencyStoreContract, KeepsTheFirstAnswer) {
  begin();
  ASSERT_TRUE(store().keep(key, answer));
  ASSERT_TRUE(store().keep(key, {.status = 500, .body = "later"}));
  const auto kept = begin().request.answer;
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->status, 201);
  EXPECT_EQ(kept->content_type, answer.content_type);
  EXPECT_EQ(kept->location, answer.location);
  EXPECT_EQ(kept->body, answer.body);
}

TEST_P(IdempotencyStoreContract, KeepsKeysOfUsersApart) {
  begin();
  const auto other = store().begin({.user_id = "bob", .key = key.key}, "f", Uuid::make_v7());
  EXPECT_TRUE(other->is_new);
}

TEST_P(IdempotencyStoreContract, ForgetsOnlyWhatHasNoAnswer) {
  begin();
  ASSERT_TRUE(store().forget(key));
  EXPECT_TRUE(begin().is_new);
  ASSERT_TRUE(store().keep(key, answer));
  ASSERT_TRUE(store().forget(key));
  EXPECT_FALSE(begin().is_new);
}

TEST_P(IdempotencyStoreContract, KeepsNothingUnderAnUnknownKey) {
  EXPECT_EQ(store().keep(key, answer).error().code, Errc::not_found);
}

TEST_P(IdempotencyStoreContract, ExpiresWhatIsOldUpToABound) {
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(store().begin({.user_id = "ann", .key = std::to_string(i)}, "f", Uuid::make_v7()));
  }
  EXPECT_EQ(store().expire(std::chrono::hours(1), 10), 0);
  EXPECT_EQ(store().expire(milliseconds(0), 2), 2);
  EXPECT_EQ(store().expire(milliseconds(0), 10), 1);
}

TEST_P(IdempotencyStoreContract, LetsOneOfManyBegin) {
  std::atomic<int> firsts = 0;
  {
    std::vector<std::jthread> clients;
    for (int i = 0; i < 8; ++i) {
      clients.emplace_back([&] { firsts += begin().is_new ? 1 : 0; });
    }
  }
  EXPECT_EQ(firsts, 1);
}

INSTANTIATE_TEST_SUITE_P(Sqlite, IdempotencyStoreContract,
                         ::testing::Values(Backend{.name = "Sqlite", .make = in_sqlite}),
                         [](const auto& named) { return named.param.name; });
INSTANTIATE_TEST_SUITE_P(Postgres, IdempotencyStoreContract,
                         ::testing::Values(Backend{.name = "Postgres", .make = in_postgres}),
                         [](const auto& named) { return named.param.name; });

}  // namespace
}  // namespace trainyard::ports

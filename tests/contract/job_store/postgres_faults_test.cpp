#include "common/adapters/postgres/postgres_store.hpp"
#include "tests/contract/job_store/job_store_contract.hpp"
#include "tests/support/postgres/test_schema.hpp"

// What only a store with a server can suffer.

namespace trainyard::postgres {
namespace {

class PgJobStore : public ::testing::Test {
 protected:
  void SetUp() override {
    auto schema = tests::TestSchema::make();
    if (!schema) {
      const char* required = std::getenv("TRAINYARD_REQUIRE_SERVICES");
      if (required && std::string_view(required) == "1") FAIL() << describe(schema.error());
      GTEST_SKIP() << describe(schema.error());
    }
    schema_.emplace(*std::move(schema));
  }

  std::unique_ptr<ports::JobStore> open() {
    EXPECT_TRUE(migrate(schema_->uri()));
    auto store = open_postgres_store({.uri = schema_->uri()});
    EXPECT_TRUE(store) << describe(store.error());
    return *std::move(store);
  }

  std::optional<tests::TestSchema> schema_;
};

TEST_F(PgJobStore, GoesOnAfterItsConnectionsWereKilledBetweenCalls) {
  const auto store = open();
  const domain::NewJob job{.id = JobId::make(), .user_id = "ada", .config = "{}"};
  ASSERT_TRUE(store->accept({&job, 1}).at(0));
  ASSERT_TRUE(store->await_outbox(milliseconds(0)));
  ASSERT_GE(schema_->terminate_connections(), 2);
  const domain::JobCommand submit = domain::Submit{job.id};
  const auto answer = store->apply({&submit, 1}).at(0);
  ASSERT_TRUE(answer) << describe(answer.error());
  EXPECT_TRUE(store->get(job.id));
  EXPECT_TRUE(store->await_outbox(milliseconds(1)));
  EXPECT_TRUE(store->await_outbox(milliseconds(1)));
}

TEST_F(PgJobStore, IsUnavailableWhereNoServerListens) {
  const auto store =
      open_postgres_store({.uri = Secret("postgresql://postgres@127.0.0.1:1/postgres")});
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, Errc::unavailable);
  EXPECT_FALSE(store.error().hint.empty());
}

TEST_F(PgJobStore, RefusesADatabaseThatWasNotMigrated) {
  const auto store = open_postgres_store({.uri = schema_->uri()});
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, Errc::conflict);
  EXPECT_NE(store.error().hint.find("trainyard migrate"), std::string::npos);
}

TEST_F(PgJobStore, MigratesOnce) {
  EXPECT_GT(*migrate(schema_->uri()), 0);
  EXPECT_EQ(*migrate(schema_->uri()), 0);
}

TEST_F(PgJobStore, RefusesANewerDatabase) {
  ASSERT_TRUE(migrate(schema_->uri()));
  schema_->run("INSERT INTO schema_migrations (number, name, checksum) VALUES (999, 'later', 'x')");
  EXPECT_EQ(migrate(schema_->uri()).error().code, Errc::conflict);
  EXPECT_EQ(open_postgres_store({.uri = schema_->uri()}).error().code, Errc::conflict);
}

TEST_F(PgJobStore, AnswersUnavailableWhenARowStaysLocked) {
  const auto patient = open();
  const auto store =
      open_postgres_store({.uri = schema_->uri(), .lock = std::chrono::milliseconds(20)});
  ASSERT_TRUE(store);
  const domain::NewJob job{.id = JobId::make(), .user_id = "ada", .config = "{}"};
  ASSERT_TRUE((*store)->accept({&job, 1}).at(0));
  const auto blocked = schema_->while_locked("SELECT 1 FROM jobs FOR UPDATE", [&] {
    const domain::JobCommand cancel = domain::Cancel{job.id};
    return (*store)->apply({&cancel, 1}).at(0);
  });
  ASSERT_FALSE(blocked);
  EXPECT_EQ(blocked.error().code, Errc::unavailable);
  EXPECT_EQ((*store)->get(job.id)->status, domain::JobStatus::pending);
}

}  // namespace
}  // namespace trainyard::postgres

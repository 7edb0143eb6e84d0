#include "common/adapters/postgres/postgres_store.hpp"
#include "common/adapters/sqlite/sqlite_store.hpp"
#include "tests/support/postgres/test_schema.hpp"
#include "tests/support/test_folder.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <thread>

// What every PipelineStore promises, as tests that know the port alone.

namespace trainyard::ports {
namespace {

// An empty store, and what it stands on.
struct Harness {
  std::shared_ptr<void> ground;
  std::unique_ptr<PipelineStore> store;
};

struct Backend {
  std::string name;
  // Errc::unavailable: its server is not there, the test is skipped (or fails where it must be).
  std::function<Result<Harness>()> make;
};

Result<Harness> on_sqlite() {
  const auto folder = std::make_shared<tests::TestFolder>();
  TRY(auto database, sqlite::open_database({.path = folder->path() / "jobs.db"}));
  return Harness{.ground = folder, .store = sqlite::make_pipeline_store(std::move(database))};
}

Result<Harness> on_postgres() {
  TRY(auto schema, tests::TestSchema::make());
  const auto kept = std::make_shared<tests::TestSchema>(std::move(schema));
  TRY_DO(postgres::migrate(kept->uri()));
  TRY(auto database, postgres::open_database({.uri = kept->uri()}));
  return Harness{.ground = kept, .store = postgres::make_pipeline_store(std::move(database))};
}

class PipelineStoreContract : public ::testing::TestWithParam<Backend> {
 protected:
  void SetUp() override {
    auto made = GetParam().make();
    if (!made && made.error().code == Errc::unavailable) {
      const char* required = std::getenv("TRAINYARD_TEST_REQUIRE_SERVICES");
      if (required != nullptr && std::string(required) == "1") FAIL() << made.error().detail;
      GTEST_SKIP() << made.error().detail;
    }
    ASSERT_TRUE(made.has_value()) << describe(made.error());
    harness_ = *std::move(made);
  }
  void TearDown() override { harness_.store.reset(); }

  PipelineStore& store() { return *harness_.store; }
  static NewPipeline new_pipeline(const std::string& user = "ada") {
    return {.id = PipelineId::make(),
            .user_id = user,
            .name = "nightly, \"north\"",
            .correlation_id = "request-1",
            .spec = R"({"steps":[]})",
            .status = "running",
            .state = "[]"};
  }
  StoredPipeline added(const std::string& user = "ada") {
    auto made = store().add(new_pipeline(user));
    EXPECT_TRUE(made) << describe(made.error());
    return made.value_or(StoredPipeline{});
  }
  static PipelineChange change_of(const StoredPipeline& pipeline) {
    return {.id = pipeline.id,
            .revision = pipeline.revision,
            .status = "running",
            .state = R"([{"n":1}])"};
  }
  Result<std::int64_t> end(const StoredPipeline& pipeline) {
    auto change = change_of(pipeline);
    change.status = "completed";
    change.life = PipelineChange::Life::over;
    return store().change(change);
  }

 private:
  Harness harness_;
};

TEST_P(PipelineStoreContract, GivesBackWhatWasAdded) {
  const auto request = new_pipeline();
  ASSERT_TRUE(store().add(request));
  const auto found = store().get(request.id);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->user_id, request.user_id);
  EXPECT_EQ(found->name, request.name);
  EXPECT_EQ(found->correlation_id, request.correlation_id);
  EXPECT_EQ(found->spec, request.spec);
  EXPECT_EQ(found->status, "running");
  EXPECT_EQ(found->state, "[]");
  EXPECT_EQ(found->revision, 1);
  EXPECT_FALSE(found->completed_at);
  EXPECT_EQ(store().get(PipelineId::make()).error().code, Errc::not_found);
}

TEST_P(PipelineStoreContract, LeavesOneThatExistsAsItIs) {
  const auto request = new_pipeline();
  const auto first = store().add(request);
  ASSERT_TRUE(store().change(change_of(*first)));
  auto again = request;
  again.user_id = "grace";
  const auto answer = store().add(again);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->user_id, "ada");
  EXPECT_EQ(answer->revision, 2);
}

TEST_P(PipelineStoreContract, RefusesTextThatNoDatabaseKeeps) {
  auto request = new_pipeline();
  request.name = "\xC3\x28";
  const auto refused = store().add(request);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().field, "name");
}

TEST_P(PipelineStoreContract, ChangesAtTheRevisionThatWasReadAlone) {
  const auto made = added();
  EXPECT_EQ(store().change(change_of(made)), 2);
  const auto late = store().change(change_of(made));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Errc::conflict);
  EXPECT_EQ(store().get(made.id)->state, R"([{"n":1}])");
  EXPECT_EQ(store().get(made.id)->revision, 2);
}

TEST_P(PipelineStoreContract, LetsOneOfManyChangeIt) {
  const auto made = added();
  std::atomic<int> changed = 0;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] { changed += store().change(change_of(made)) ? 1 : 0; });
  }
  threads.clear();
  EXPECT_EQ(changed, 1);
}

TEST_P(PipelineStoreContract, TellsWhatIsOpenOldestFirst) {
  const auto first = added();
  const auto second = added("grace");
  const auto third = added();
  EXPECT_EQ(store().open({}, 10), (std::vector{first.id, second.id, third.id}));
  EXPECT_EQ(store().open(first.id, 1), (std::vector{second.id}));
  ASSERT_TRUE(end(second));
  EXPECT_EQ(store().open({}, 10), (std::vector{first.id, third.id}));
  EXPECT_TRUE(store().get(second.id)->completed_at);
  // A retry opens it again.
  ASSERT_TRUE(store().change(change_of(*store().get(second.id))));
  EXPECT_FALSE(store().get(second.id)->completed_at);
  EXPECT_EQ(store().open({}, 10)->size(), 3U);
}

TEST_P(PipelineStoreContract, ListsTheNewestFirst) {
  const auto first = added();
  const auto second = added();
  const auto other = added("grace");
  ASSERT_TRUE(end(first));
  const auto ids = [&](const PipelineFilter& filter) {
    std::vector<PipelineId> found;
    for (const auto& each : *store().list(filter))
      found.push_back(each.id);
    return found;
  };
  EXPECT_EQ(ids({}), (std::vector{other.id, second.id, first.id}));
  EXPECT_EQ(ids({.user_id = "ada"}), (std::vector{second.id, first.id}));
  EXPECT_EQ(ids({.status = "completed"}), (std::vector{first.id}));
  EXPECT_EQ(ids({.before = other.id, .limit = 1}), (std::vector{second.id}));
}

INSTANTIATE_TEST_SUITE_P(Stores, PipelineStoreContract,
                         ::testing::Values(Backend{"Sqlite", on_sqlite},
                                           Backend{"Postgres", on_postgres}),
                         [](const auto& named) { return named.param.name; });

}  // namespace
}  // namespace trainyard::ports

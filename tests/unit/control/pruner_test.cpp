#include "api/control/pruner.hpp"

#include "common/adapters/filesystem/directory_artifact_store.hpp"
#include "common/adapters/sqlite/sqlite_store.hpp"
#include "common/wire/training_task.hpp"
#include "tests/support/test_folder.hpp"
#include "tests/unit/control/fake_store.hpp"

#include <gtest/gtest.h>

namespace trainyard::control {
namespace {

constexpr PrunerOptions a_day{.jobs_age = std::chrono::days(1),
                              .decisions_age = std::chrono::days(1),
                              .set_max = 2,
                              .backoff = {.first = milliseconds(1), .last = milliseconds(5)}};

class PrunerTest : public ::testing::Test {
 protected:
  PrunerTest()
      : definitions_(sqlite::make_definition_store(
            *sqlite::open_database({.path = folder_.path() / "jobs.db"}))),
        artifacts_(filesystem::open_artifact_store(folder_.path() / "artifacts")) {}

  // A finished job, claimed so often, with a file of each claim.
  JobId add(int claims) {
    const ports::FinishedJob job{.id = JobId::make(), .fence = claims};
    for (int fence = 1; fence <= claims; ++fence)
      EXPECT_TRUE(artifacts_->put(file(job.id, fence), "model"));
    store_.finished_jobs.push_back(job);
    return job.id;
  }
  static std::string file(JobId job, int fence) {
    return wire::job_folder(job, fence) + "/model.json";
  }
  std::unique_ptr<Pruner> start(PrunerOptions options = a_day) {
    auto pruner = std::make_unique<Pruner>(log::Log(), store_, *definitions_, artifacts_, options);
    pruner->start();
    return pruner;
  }

  tests::TestFolder folder_;
  testing::FakeStore store_;
  std::unique_ptr<ports::DefinitionStore> definitions_;
  std::shared_ptr<ports::ArtifactStore> artifacts_;
};

TEST_F(PrunerTest, ForgetsSetAfterSetWithTheArtefactsOfEveryClaim) {
  std::vector<JobId> jobs;
  for (int i = 0; i < 5; ++i)
    jobs.push_back(add(i % 3));
  const auto pruner = start();
  ASSERT_TRUE(store_.eventually([](auto& store) { return store.forgotten.size() == 5; }));
  pruner->stop();
  EXPECT_EQ(store_.forgotten, jobs);
  for (const auto job : jobs) {
    for (const int fence : {1, 2})
      EXPECT_EQ(artifacts_->get(file(job, fence)).error().code, Errc::not_found);
  }
}

TEST_F(PrunerTest, KeepsTheRecordWhileItsArtefactsCannotBeRemoved) {
  class Stuck final : public ports::ArtifactStore {
    Result<std::string> put(std::string_view, std::string_view) override { return ""; }
    Result<std::string> get(std::string_view) override { return ""; }
    Result<void> remove_all(std::string_view) override {
      return fail(Errc::unavailable, "no disk");
    }
  };
  artifacts_ = std::make_shared<Stuck>();
  add(1);
  const auto pruner = start();
  ASSERT_TRUE(store_.eventually([](auto& store) { return store.queries > 3; })) << "it goes on";
  pruner->stop();
  EXPECT_TRUE(store_.forgotten.empty());
}

TEST_F(PrunerTest, GoesOnWhenTheStoreIsBack) {
  store_.set_away(true);
  add(1);
  const auto pruner = start();
  ASSERT_TRUE(store_.eventually([](auto& store) { return store.queries > 2; }));
  store_.set_away(false);
  EXPECT_TRUE(store_.eventually([](auto& store) { return store.forgotten.size() == 1; }));
}

TEST_F(PrunerTest, ForgetsOldDecisionsAndNoJobsWhenThoseAreKeptForEver) {
  add(1);
  const ports::NewDefinition trigger{
      .kind = ports::DefinitionKind::trigger, .name = "t", .user_id = "ada", .spec = "{}"};
  ASSERT_TRUE(definitions_->put(trigger, {}));
  ASSERT_TRUE(definitions_->note(trigger.kind, trigger.name, {.at = {}, .outcome = "fired"}));
  auto options = a_day;
  options.jobs_age = milliseconds(0);
  const auto pruner = start(options);
  while (!definitions_->decisions(trigger.kind, trigger.name, {}, 1)->empty())
    std::this_thread::yield();
  pruner->stop();
  EXPECT_EQ(store_.queries, 0);
}

}  // namespace
}  // namespace trainyard::control

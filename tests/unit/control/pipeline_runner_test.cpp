#include "api/control/pipeline_runner.hpp"

#include "common/adapters/sqlite/sqlite_store.hpp"
#include "common/wire/pipeline_json.hpp"
#include "tests/support/test_folder.hpp"

#include <gtest/gtest.h>

#include <condition_variable>

namespace trainyard::control {
namespace {

using namespace std::chrono_literals;
using ports::PipelineId;

class PipelineRunnerTest : public ::testing::Test {
 protected:
  PipelineRunnerTest()
      : store_(sqlite::make_pipeline_store(
            *sqlite::open_database({.path = folder_.path() / "jobs.db"}))) {}

  std::unique_ptr<PipelineRunner> runner() {
    return std::make_unique<PipelineRunner>(
        log::Log(), *store_,
        PipelineRunnerOptions{.move_on = [this](PipelineId id) { return move(id); },
                              .rescan = 1h,
                              .set_max = 2,
                              .backoff = {.first = 1ms, .last = 1ms}});
  }
  PipelineId add(const std::string& status = "running") {
    const ports::NewPipeline pipeline{.id = PipelineId::make(),
                                      .user_id = "ada",
                                      .name = "",
                                      .correlation_id = "",
                                      .spec = "{}",
                                      .status = "running",
                                      .state = "[]"};
    EXPECT_TRUE(store_->add(pipeline));
    if (status != "running") {
      EXPECT_TRUE(store_->change({.id = pipeline.id,
                                  .revision = 1,
                                  .status = status,
                                  .state = "[]",
                                  .life = ports::PipelineChange::Life::over}));
    }
    return pipeline.id;
  }
  static domain::Batch batch_of(PipelineId id) {
    domain::Batch batch;
    batch.cause = wire::to_json(wire::cause_of(id.to_string(), {.name = "a", .after = {}}));
    return batch;
  }
  std::vector<PipelineId> await_moved(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, 20s, [&] { return moved_.size() >= count; });
    return moved_;
  }

  tests::TestFolder folder_;
  std::unique_ptr<ports::PipelineStore> store_;
  std::mutex mutex_;
  std::vector<Error> failures_;  // of the next calls, last first

 private:
  Result<void> move(PipelineId id) {
    const std::lock_guard lock(mutex_);
    if (!failures_.empty()) {
      const auto failure = failures_.back();
      failures_.pop_back();
      return fail(failure);
    }
    moved_.push_back(id);
    changed_.notify_all();
    return {};
  }

  std::condition_variable changed_;
  std::vector<PipelineId> moved_;
};

TEST_F(PipelineRunnerTest, TakesUpAllThatAreOpenWhenItStarts) {
  std::vector<PipelineId> open;
  for (int i = 0; i < 5; ++i) {
    open.push_back(add());
    add("completed");
  }
  const auto running = runner();
  running->start();
  EXPECT_EQ(await_moved(open.size()), open);
  running->stop();
}

TEST_F(PipelineRunnerTest, MovesAPipelineOnWhenItsBatchEnds) {
  const auto running = runner();
  running->start();
  const auto id = PipelineId::make();
  running->batch_ended({});
  running->batch_ended(batch_of(id));
  EXPECT_EQ(await_moved(1), std::vector{id});
  running->stop();
}

TEST_F(PipelineRunnerTest, TriesAgainWhatTheStoreCouldNotAndGoesOnPastWhatItCannot) {
  const auto first = add();
  const auto second = add();
  failures_ = {{.code = Errc::corrupt_data, .detail = "damaged"},
               {.code = Errc::unavailable, .detail = "away"}};
  const auto running = runner();
  running->start();
  EXPECT_EQ(await_moved(1), std::vector{second}) << first.to_string() << " is damaged";
  running->stop();
}

}  // namespace
}  // namespace trainyard::control

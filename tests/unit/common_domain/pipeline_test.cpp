#include "common/domain/pipeline.hpp"

#include <gtest/gtest.h>

#include <random>

namespace trainyard::domain {
namespace {

using enum StepStatus;

// left and right after first, last after both.
Pipeline diamond() {
  return {.steps = {{.name = "first", .after = {}},
                    {.name = "left", .after = {0}},
                    {.name = "right", .after = {0}},
                    {.name = "last", .after = {1, 2}}}};
}

std::vector<StepStatus> statuses(const Pipeline& pipeline) {
  std::vector<StepStatus> found;
  for (const auto& step : pipeline.steps)
    found.push_back(step.status);
  return found;
}
using Statuses = std::vector<StepStatus>;

// Every step that is starting gets its batch.
Pipeline start_all(Pipeline pipeline) {
  for (std::size_t i = 0; i < pipeline.steps.size(); ++i) {
    if (pipeline.steps[i].status == starting) {
      pipeline = started(std::move(pipeline), i, BatchId::make());
    }
  }
  return pipeline;
}

Pipeline end(const Pipeline& pipeline, std::size_t step, BatchStatus status) {
  return start_all(advance(pipeline, {{*pipeline.steps[step].batch_id, status}}));
}

Pipeline begun() {
  return start_all(advance(diamond(), {}));
}

TEST(Pipeline, BeginsAStepWhenAllThatItComesAfterHaveCompleted) {
  auto pipeline = begun();
  EXPECT_EQ(statuses(pipeline), (Statuses{running, waiting, waiting, waiting}));
  pipeline = end(pipeline, 0, BatchStatus::completed);
  EXPECT_EQ(statuses(pipeline), (Statuses{completed, running, running, waiting}));
  pipeline = end(pipeline, 1, BatchStatus::completed);
  EXPECT_EQ(statuses(pipeline), (Statuses{completed, completed, running, waiting}));
  pipeline = end(pipeline, 2, BatchStatus::completed);
  EXPECT_EQ(statuses(pipeline), (Statuses{completed, completed, completed, running}));
  EXPECT_EQ(pipeline.status, PipelineStatus::running);
  EXPECT_EQ(end(pipeline, 3, BatchStatus::completed).status, PipelineStatus::completed);
}

TEST(Pipeline, SkipsWhatComesAfterAFailureAndSaysWhyWhileBranchesGoOn) {
  auto pipeline = end(begun(), 0, BatchStatus::completed);
  pipeline = end(pipeline, 1, BatchStatus::failed);
  EXPECT_EQ(statuses(pipeline), (Statuses{completed, failed, running, skipped}));
  EXPECT_EQ(pipeline.steps[1].reason, "its jobs failed");
  EXPECT_EQ(pipeline.steps[3].reason, "step 'left' failed");
  EXPECT_EQ(pipeline.status, PipelineStatus::running);
  EXPECT_EQ(end(pipeline, 2, BatchStatus::completed).status, PipelineStatus::failed);
}

TEST(Pipeline, TakesPartialSuccessWhereTheStepDoes) {
  auto pipeline = begun();
  EXPECT_EQ(end(pipeline, 0, BatchStatus::partial).steps[0].status, failed);
  pipeline.steps[0].partial = PartialSuccess::completes;
  EXPECT_EQ(end(pipeline, 0, BatchStatus::partial).steps[0].status, completed);
}

TEST(Pipeline, FailsAStepThatCannotBegin) {
  const auto refused =
      started(advance(diamond(), {}), 0, fail(Errc::invalid_argument, "there is no such file"));
  const auto pipeline = advance(refused, {});
  EXPECT_EQ(statuses(pipeline), (Statuses{failed, skipped, skipped, skipped}));
  EXPECT_NE(pipeline.steps[0].reason.find("no such file"), std::string::npos);
  EXPECT_EQ(pipeline.steps[3].reason, "step 'left' was skipped");
  EXPECT_EQ(pipeline.status, PipelineStatus::failed);
}

TEST(Pipeline, RetriesWhatFailedAndGoesOnWithWhatWaited) {
  auto pipeline = end(begun(), 0, BatchStatus::completed);
  pipeline = end(end(pipeline, 1, BatchStatus::failed), 2, BatchStatus::completed);
  const auto batch = pipeline.steps[1].batch_id;
  pipeline = *retry(pipeline);
  EXPECT_EQ(statuses(pipeline), (Statuses{completed, retrying, completed, waiting}));
  BatchCounts again;
  again.add(JobStatus::submitting, 1, 0);
  pipeline = retried(pipeline, 1, again);
  EXPECT_EQ(pipeline.steps[1].batch_id, batch) << "the same batch";
  pipeline = end(pipeline, 1, BatchStatus::completed);
  EXPECT_EQ(statuses(pipeline), (Statuses{completed, completed, completed, running}));
}

TEST(Pipeline, MakesANewBatchWhereTheOldOneHasNothingToRetry) {
  auto pipeline = end(begun(), 0, BatchStatus::cancelled);
  EXPECT_EQ(pipeline.status, PipelineStatus::failed);
  pipeline = *retry(pipeline);
  BatchCounts cancelled_all;
  cancelled_all.add(JobStatus::cancelled, 3, 0);
  pipeline = retried(pipeline, 0, cancelled_all);
  EXPECT_EQ(pipeline.steps[0].status, starting);
  EXPECT_EQ(pipeline.steps[0].attempt, 2);
  EXPECT_FALSE(pipeline.steps[0].batch_id);
}

TEST(Pipeline, StopsWhatRunsAndBeginsNothingAfterACancel) {
  auto pipeline = end(begun(), 0, BatchStatus::completed);
  pipeline = *cancel(pipeline);
  EXPECT_EQ(pipeline.status, PipelineStatus::cancelling);
  EXPECT_EQ(statuses(pipeline), (Statuses{completed, stopping, stopping, cancelled}));
  pipeline = advance(pipeline, {{*pipeline.steps[1].batch_id, BatchStatus::running},
                                {*pipeline.steps[2].batch_id, BatchStatus::running}});
  EXPECT_EQ(statuses(pipeline), (Statuses{completed, stopping, stopping, cancelled}));
  pipeline = end(end(pipeline, 1, BatchStatus::cancelled), 2, BatchStatus::completed);
  EXPECT_EQ(statuses(pipeline), (Statuses{completed, cancelled, completed, cancelled}));
  EXPECT_EQ(pipeline.status, PipelineStatus::cancelled);
}

TEST(Pipeline, StopsABatchThatWasBeingMadeWhenTheCancelCame) {
  auto pipeline = *cancel(advance(diamond(), {}));
  EXPECT_EQ(statuses(pipeline), (Statuses{starting, cancelled, cancelled, cancelled}));
  EXPECT_EQ(pipeline.status, PipelineStatus::cancelling);
  pipeline = start_all(pipeline);
  pipeline = advance(pipeline, {{*pipeline.steps[0].batch_id, BatchStatus::running}});
  EXPECT_EQ(pipeline.steps[0].status, stopping);
  EXPECT_EQ(end(pipeline, 0, BatchStatus::cancelled).status, PipelineStatus::cancelled);
}

TEST(Pipeline, RefusesWhatItsStateDoesNotAllow) {
  EXPECT_EQ(retry(begun()).error().code, Errc::illegal_transition);
  auto over = Pipeline{.status = PipelineStatus::completed,
                       .steps = {{.name = "a", .after = {}, .status = completed}}};
  EXPECT_EQ(retry(over).error().code, Errc::illegal_transition);
  EXPECT_EQ(cancel(over).error().code, Errc::illegal_transition);
}

TEST(Pipeline, RefusesOrdersThatNeverEndByName) {
  const auto circle = Pipeline{.steps = {{.name = "a", .after = {}},
                                         {.name = "b", .after = {0, 2}},
                                         {.name = "c", .after = {1}}}};
  const auto refused = check_order(circle);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().detail, "steps wait for each other: b, c");
  const auto twice =
      check_order({.steps = {{.name = "a", .after = {}}, {.name = "a", .after = {}}}});
  EXPECT_NE(twice.error().detail.find("'a'"), std::string::npos);
  EXPECT_FALSE(check_order({}));
  EXPECT_TRUE(check_order(diamond()));
}

// Whatever order batches end in: it ends, no step begins before all that it comes after, and
// advance() has nothing to add to what it made.
TEST(Pipeline, EndsFromAnyOrderOfEnds) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    std::mt19937 random(seed);
    Pipeline pipeline;
    const std::size_t size = 1 + random() % 8;
    for (std::size_t i = 0; i < size; ++i) {
      PipelineStep step{.name = std::to_string(i), .after = {}};
      for (std::size_t j = 0; j < i; ++j) {
        if (random() % 3 == 0) step.after.push_back(j);
      }
      pipeline.steps.push_back(std::move(step));
    }
    pipeline = start_all(advance(std::move(pipeline), {}));
    for (int rounds = 0; !is_over(pipeline.status); ++rounds) {
      ASSERT_LT(rounds, 200) << seed;
      if (random() % 20 == 0) {
        if (auto stopped = cancel(pipeline)) pipeline = *stopped;
      }
      const auto chosen = random() % size;
      const auto& step = pipeline.steps[chosen];
      if (step.status != running && step.status != stopping) continue;
      pipeline =
          end(pipeline, chosen, random() % 4 == 0 ? BatchStatus::failed : BatchStatus::completed);
      for (const auto& each : pipeline.steps) {
        if (each.status != running && each.status != completed) continue;
        for (const auto before : each.after)
          EXPECT_EQ(pipeline.steps[before].status, completed) << seed;
      }
      EXPECT_EQ(advance(pipeline, {}), pipeline) << seed;
    }
  }
}

TEST(Pipeline, KnowsItsStatesByName) {
  for (const auto status : all_step_statuses)
    EXPECT_EQ(step_status_from(to_string(status)), status);
  for (const auto status : all_pipeline_statuses)
    EXPECT_EQ(pipeline_status_from(to_string(status)), status);
  EXPECT_EQ(to_string(StepStatus::cancelled), "cancelled");
  EXPECT_EQ(to_string(PipelineStatus::cancelled), "cancelled");
}

}  // namespace
}  // namespace trainyard::domain

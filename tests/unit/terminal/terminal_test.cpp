#include "deploy/trainyard/terminal/leaderboard.hpp"
#include "deploy/trainyard/terminal/progress_bars.hpp"
#include "deploy/trainyard/terminal/result_files.hpp"
#include "deploy/trainyard/terminal/warning_list.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace trainyard::terminal {
namespace {

using testing::HasSubstr;

std::vector<SegmentResult> two_segments() {
  const ModelResult theta{
      .model = "theta",
      .status = "completed",
      .metrics = {.mape = 2.5, .smape = 2.4, .coverage = 94.4},
      .forecast = {{"2026-01-01", 0.1, -1, 1, 95}, {"2026-01-01", 0.1, -.5, .5, 80}},
      .backtest = {{"2024-12-01", 24, "completed", "", {.mape = 2.5}},
                   {"2025-06-01", 30, "failed", "no, not so", {}}}};
  const ModelResult ets{.model = "ets", .status = "failed", .reason = "2 values, \"ets\" needs 3"};
  return {{.segment = "=Food, NSW",
           .best_model = "theta",
           .models = {ets, theta},
           .anomalies = {{"2025-07-01", 9, 5.5, 4.25, "high"}},
           .components = {{"covariate price", 3.5, 12.5}, {"level", 7, {}}},
           .warnings = {"2 of 60 periods had no value", "1 outlier"}},
          {.segment = "Cafes", .best_model = "", .models = {ets}}};
}

TrainingSummary summary_of(const std::vector<SegmentResult>& segments) {
  TrainingSummary summary({"ets", "theta"}, "mape");
  for (const auto& segment : segments)
    summary.add(segment);
  return summary;
}

Result<void> write(const std::vector<SegmentResult>& segments,
                   const std::filesystem::path& directory) {
  ResultFiles files(directory);
  for (const auto& segment : segments)
    files.add(segment);
  return files.close();
}

std::string written(const std::string& name) {
  const auto directory = std::filesystem::path(testing::TempDir()) / "result_files";
  EXPECT_TRUE(write(two_segments(), directory));
  std::stringstream text;
  text << std::ifstream(directory / name).rdbuf();
  return text.str();
}

TEST(ResultFiles, HoldOneForecastRowPerLevel) {
  EXPECT_EQ(written("forecast.csv"),
            "segment,model,ds,yhat,yhat_lower,yhat_upper,level\n"
            "\"'=Food, NSW\",theta,2026-01-01,0.1,-1,1,95\n"
            "\"'=Food, NSW\",theta,2026-01-01,0.1,-0.5,0.5,80\n");
}

TEST(ResultFiles, KeepOnlyTheFirstLevelOfTheBestModel) {
  EXPECT_EQ(written("best.csv"),
            "segment,model,ds,yhat,yhat_lower,yhat_upper,level\n"
            "\"'=Food, NSW\",theta,2026-01-01,0.1,-1,1,95\n");
}

TEST(ResultFiles, ListTheAnomaliesOfTheBestModel) {
  EXPECT_EQ(written("anomalies.csv"),
            "segment,model,ds,value,expected,score,direction\n"
            "\"'=Food, NSW\",theta,2025-07-01,9,5.5,4.25,high\n");
}

TEST(ResultFiles, KeepARowPerOriginOfTheBacktest) {
  EXPECT_EQ(written("backtest.csv"),
            "segment,model,origin,trained_on,mape,smape,mase,rmse,mae,coverage,status,reason\n"
            "\"'=Food, NSW\",theta,2024-12-01,24,2.5,,,,,,completed,\n"
            "\"'=Food, NSW\",theta,2025-06-01,30,,,,,,,failed,\"no, not so\"\n");
}

TEST(ResultFiles, TellWhatTheBestModelIsMadeOfAndWhatTheDataAreLike) {
  EXPECT_EQ(written("components.csv"),
            "segment,model,component,mean_absolute,variance_share\n"
            "\"'=Food, NSW\",theta,covariate price,3.5,12.5\n"
            "\"'=Food, NSW\",theta,level,7,\n");
  EXPECT_EQ(written("warnings.csv"),
            "segment,warning\n"
            "\"'=Food, NSW\",2 of 60 periods had no value\n"
            "\"'=Food, NSW\",1 outlier\n");
}

TEST(WarningList, HasTheFirstAndSaysHowManyMore) {
  EXPECT_EQ(render_warnings(summary_of(two_segments()), 1),
            "\nAbout the data:\n  =Food, NSW: 2 of 60 periods had no value\n"
            "  and 1 more in warnings.csv\n");
  EXPECT_EQ(render_warnings(summary_of({})), "");
}

TEST(ResultFiles, KeepARowForWhatFailed) {
  EXPECT_THAT(written("metrics.csv"),
              HasSubstr("Cafes,ets,,,,,,,failed,\"2 values, \"\"ets\"\" needs 3\"\n"));
}

TEST(ResultFiles, RefuseADirectoryThatCannotBeWritten) {
  const auto refused = write(two_segments(), "/proc/nowhere");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().field, "--output");
}

TEST(Leaderboard, MarksTheBestAndNamesWhatFailed) {
  const auto summary = summary_of(two_segments());
  const auto text = render_leaderboard(summary);
  EXPECT_THAT(text, HasSubstr("2.50*"));
  EXPECT_THAT(text, HasSubstr("failed"));
  EXPECT_EQ(summary.failed_segments(), 1);
}

TEST(Leaderboard, CountsTheSegmentsItDoesNotShow) {
  const std::vector<SegmentResult> segments(TrainingSummary::kept_max + 3, two_segments()[0]);
  const auto text = render_leaderboard(summary_of(segments));
  EXPECT_THAT(text, HasSubstr("and 3 more segments"));
  EXPECT_THAT(text, testing::ContainsRegex("theta +103 +2.50"));
}

TEST(ProgressBars, CountWhatIsDone) {
  const BatchProgress progress{.models = {{"ets", 25, 1, 50}}, .percent = 50};
  EXPECT_THAT(render_progress(progress), HasSubstr("25/50  1 failed"));
  EXPECT_EQ(erase_progress(progress), "\x1b[2A\x1b[J");
  EXPECT_THAT(render_progress_line(progress), HasSubstr("50 %  25/50 jobs"));
}

SegmentResult failed_with(Category category) {
  return {"a", "", {{.model = "ets", .status = "failed", .category = category}}};
}

TEST(TrainingSummary, IsRefusedWhenOnlyDataAndConfigAreToBlame) {
  const auto data = failed_with(Category::data);
  EXPECT_TRUE(summary_of({data, failed_with(Category::config)}).is_refused());
  EXPECT_FALSE(summary_of({data, failed_with(Category::cluster)}).is_refused());
  EXPECT_FALSE(
      summary_of({data, {"b", "ets", {{.model = "ets", .status = "completed"}}}}).is_refused());
}

TEST(TrainingSummary, ListsTheModelsAskedForFirst) {
  const ModelResult last{.model = "naive", .status = "completed"};
  const ModelResult ets{.model = "ets", .status = "completed"};
  const auto models = summary_of({{"a", "naive", {last, ets}}}).models();
  ASSERT_EQ(models.size(), 2U);
  EXPECT_EQ(models[0].model, "ets");
  EXPECT_EQ(models[1].best, 1);
}

}  // namespace
}  // namespace trainyard::terminal

#include "deploy/trainyard/terminal/leaderboard.hpp"
#include "deploy/trainyard/terminal/progress_bars.hpp"
#include "deploy/trainyard/terminal/result_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace trainyard::terminal {
namespace {

using testing::HasSubstr;

TrainingSummary two_segments() {
  const ModelResult theta{
      .model = "theta",
      .status = "completed",
      .metrics = {.mape = 2.5, .smape = 2.4, .coverage = 94.4},
      .forecast = {{"2026-01-01", 0.1, -1, 1, 95}, {"2026-01-01", 0.1, -.5, .5, 80}}};
  const ModelResult ets{.model = "ets", .status = "failed", .reason = "2 values, \"ets\" needs 3"};
  return {
      .models = {"ets", "theta"},
      .segments = {{"=Food, NSW", "theta", {ets, theta}, {{"2025-07-01", 9, 5.5, 4.25, "high"}}},
                   {"Cafes", "", {ets}}}};
}

Result<void> write(const TrainingSummary& summary, const std::filesystem::path& directory) {
  ResultFiles files(directory);
  for (const auto& segment : summary.segments)
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
  const auto text = render_leaderboard(two_segments());
  EXPECT_THAT(text, HasSubstr("2.50*"));
  EXPECT_THAT(text, HasSubstr("failed"));
  EXPECT_EQ(failed_segments(two_segments()), 1);
}

TEST(ProgressBars, CountWhatIsDone) {
  const BatchProgress progress{.models = {{"ets", 25, 1, 50}}, .percent = 50};
  EXPECT_THAT(render_progress(progress), HasSubstr("25/50  1 failed"));
  EXPECT_EQ(erase_progress(progress), "\x1b[2A\x1b[J");
  EXPECT_THAT(render_progress_line(progress), HasSubstr("50 %  25/50 jobs"));
}

TrainingSummary failed_with(std::initializer_list<Category> categories) {
  TrainingSummary summary;
  for (const auto category : categories) {
    const ModelResult ets{.model = "ets", .status = "failed", .category = category};
    summary.segments.push_back({.segment = "a", .models = {ets}});
  }
  return summary;
}

TEST(TrainingSummary, IsRefusedWhenOnlyDataAndConfigAreToBlame) {
  EXPECT_TRUE(is_refused(failed_with({Category::data, Category::config})));
  EXPECT_FALSE(is_refused(failed_with({Category::data, Category::cluster})));
  auto summary = failed_with({Category::data});
  summary.segments.push_back(
      {.segment = "b", .best_model = "ets", .models = {{.model = "ets", .status = "completed"}}});
  EXPECT_FALSE(is_refused(summary));
}

}  // namespace
}  // namespace trainyard::terminal

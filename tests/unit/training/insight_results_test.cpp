#include "common/adapters/duckdb/duckdb_table_reader.hpp"
#include "common/adapters/filesystem/directory_artifact_store.hpp"
#include "tests/unit/training/artifact_schema.hpp"
#include "worker/models/registry.hpp"
#include "worker/training/saved_segment_json.hpp"
#include "worker/training/tasks.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace trainyard::training {
namespace {

using nlohmann::json;
using testing::HasSubstr;

const std::string job_id = "01920000-0000-7000-8000-000000000001";
const std::string job_folder = "jobs/" + job_id + ".7/";

class InsightResultsTest : public testing::Test {
 protected:
  InsightResultsTest() {
    auto pattern = (std::filesystem::temp_directory_path() / "trainyard-insight-XXXXXX").string();
    folder = mkdtemp(pattern.data());
    artifacts = filesystem::open_artifact_store(folder / "artifacts");
    tasks = training_tasks({.reader = duckdb::make_table_reader({}),
                            .artifacts = artifacts,
                            .models = models::make_model,
                            .model_names = models::model_names()});
  }
  ~InsightResultsTest() override { std::filesystem::remove_all(folder); }

  // Months that grow and have a season; the 41st is far too high.
  std::string monthly(int count, const std::string& segment = {}) {
    std::string text;
    for (int i = 0; i < count; ++i) {
      const double value = 200.0 + 2.0 * i + 30.0 * std::sin(0.5236 * i) + i * 7919 % 13;
      text += fmt::format("{}{}-{:02}-01,{}\n", segment.empty() ? "" : segment + ",", 1990 + i / 12,
                          i % 12 + 1, i == 40 ? value + 150 : value);
    }
    return text;
  }
  std::string write(const std::string& text) {
    std::ofstream(folder / "t.csv", std::ios::binary) << text;
    return (folder / "t.csv").string();
  }
  json train(const std::string& data, json more) {
    json config{{"data_path", write(data)}, {"horizon", 6}};
    config.update(more);
    const json request{{"job_id", job_id}, {"fence", 7}, {"config", std::move(config)}};
    const auto answer = tasks.at("train")(request.dump(), context);
    EXPECT_TRUE(answer) << describe(answer.error());
    return answer ? json::parse(*answer)["results"] : json();
  }

  std::filesystem::path folder;
  std::shared_ptr<ports::ArtifactStore> artifacts;
  runtime::TaskRegistry tasks;
  std::stop_source stop;
  runtime::TaskContext context{.stop = stop.get_token()};
};

TEST_F(InsightResultsTest, ListAnomaliesWithDateValueExpectedScoreAndDirection) {
  const auto results =
      train("ds,y\n" + monthly(72), {{"models", {"ets"}}, {"anomalies", {{"threshold", 6}}}});
  const auto& anomalies = results["anomalies"];
  EXPECT_EQ(anomalies["threshold"], 6);
  EXPECT_EQ(anomalies["judged"], 72);
  EXPECT_TRUE(anomalies["reason"].is_null());
  ASSERT_GE(anomalies["count"], 1);
  const auto& first = anomalies["listed"][0];
  EXPECT_EQ(first["ds"], "1993-05-01");
  EXPECT_EQ(first["direction"], "high");
  EXPECT_GT(first["score"], 6.0);
  EXPECT_NEAR(first["value"].get<double>() - first["expected"].get<double>(), 150, 45);
}

TEST_F(InsightResultsTest, ExplainTheHistoryByComponentsThatSumToIt) {
  const auto results = train("ds,y\n" + monthly(60), {{"models", {"ets"}}});
  const auto& history = results["history"];
  const auto& explanation = results["explanation"];
  EXPECT_EQ(explanation["model"], "ets");
  ASSERT_EQ(explanation["expected"].size(), history.size());
  ASSERT_EQ(explanation["score"].size(), history.size());
  ASSERT_GE(explanation["components"].size(), 3U);
  for (std::size_t i = 0; i < history.size(); ++i) {
    double sum = 0;
    for (const auto& component : explanation["components"]) {
      ASSERT_EQ(component["values"].size(), history.size());
      sum += component["values"][i].get<double>();
    }
    EXPECT_NEAR(sum, history[i]["y"].get<double>(), 1e-6) << i;
  }
  EXPECT_TRUE(explanation["artifact_uri"].is_null()) << "the results hold everything";
}

TEST_F(InsightResultsTest, KeepTheWholeExplanationOfALongSeriesAsAnArtefact) {
  const auto results = train("ds,y\n" + monthly(120), {{"models", {"theta"}}});
  EXPECT_EQ(results["history"].size(), 60U);
  EXPECT_EQ(results["explanation"]["score"].size(), 60U);
  EXPECT_THAT(results["explanation"]["artifact_uri"].get<std::string>(),
              HasSubstr(job_folder + "explanation.json"));
  const auto stored = artifacts->get(job_folder + "explanation.json");
  ASSERT_TRUE(stored);
  const auto whole = json::parse(*stored);
  EXPECT_EQ(whole["ds"].size(), 120U);
  EXPECT_EQ(whole["y"].size(), 120U);
  EXPECT_EQ(whole["components"][0]["values"].size(), 120U);
  EXPECT_EQ(whole["score"][119], results["explanation"]["score"][59]);
}

TEST_F(InsightResultsTest, SayWhyAShortSeriesHasNoAnomalies) {
  const auto results = train("ds,y\n" + monthly(8), {{"models", {"naive"}}, {"horizon", 1}});
  EXPECT_EQ(results["anomalies"]["count"], 0);
  EXPECT_TRUE(results["anomalies"]["spread"].is_null());
  EXPECT_THAT(results["anomalies"]["reason"].get<std::string>(), HasSubstr("12 are needed"));
}

TEST_F(InsightResultsTest, KeepTheBestModelSoThatItForecastsAgain) {
  const auto results = train("ds,y\n" + monthly(72), {{"level", {80, 95}}});
  EXPECT_EQ(results["best_model"], "ensemble");
  EXPECT_THAT(results["model_uri"].get<std::string>(), HasSubstr(job_folder + "model.json"));
  const auto text = artifacts->get(job_folder + "model.json");
  ASSERT_TRUE(text);
  const auto saved = saved_segment_from(*text);
  ASSERT_TRUE(saved) << describe(saved.error());
  EXPECT_EQ(to_text(*saved), *text);
  const auto loaded = forecast::LoadedSegment::load(*saved);
  ASSERT_TRUE(loaded) << describe(loaded.error());
  const auto again = loaded->forecast({.horizon = 6, .levels = saved->levels});
  ASSERT_TRUE(again);
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(results["forecast"][i]["yhat"], again->mean[i]);
    EXPECT_EQ(results["forecast"][i]["yhat_lower"], again->intervals[0].lower[i]);
  }
}

TEST_F(InsightResultsTest, KeepOneModelPerSegment) {
  const auto results =
      train("unique_id,ds,y\n" + monthly(40, "a/b") + monthly(30, "c"), {{"models", {"theta"}}});
  for (const auto& [segment, number] : {std::pair("a/b", "0"), std::pair("c", "1")}) {
    const auto& result = results["segments"][segment];
    const auto name = job_folder + "segments/" + number + "/model.json";
    EXPECT_THAT(result["model_uri"].get<std::string>(), HasSubstr(name));
    const auto text = artifacts->get(name);
    ASSERT_TRUE(text);
    EXPECT_EQ(saved_segment_from(*text)->segment, segment);
  }
}

TEST_F(InsightResultsTest, ReportEveryFoldAndTheCoverageOfEveryLevel) {
  const auto results =
      train("ds,y\n" + monthly(72),
            {{"models", {"theta"}},
             {"level", {80, 95}},
             {"backtest", {{"windows", 2}, {"window", "sliding"}, {"size", 48}, {"step", 3}}}});
  const auto& theta = results["models"]["theta"];
  ASSERT_EQ(theta["backtest"].size(), 2U);
  EXPECT_EQ(theta["backtest"][0]["origin"], "1995-03-01");
  EXPECT_EQ(theta["backtest"][0]["trained_on"], 48);
  EXPECT_EQ(theta["backtest"][1]["origin"], "1995-06-01");
  EXPECT_EQ(theta["backtest"][1]["status"], "completed");
  EXPECT_TRUE(theta["backtest"][1]["metrics"]["mae"].is_number());
  ASSERT_EQ(theta["coverage"].size(), 2U);
  EXPECT_EQ(theta["coverage"][0]["level"], 80);
  EXPECT_EQ(theta["coverage"][0]["reached"], theta["metrics"]["coverage"]);
  EXPECT_LE(theta["coverage"][0]["reached"], theta["coverage"][1]["reached"]);
  EXPECT_EQ(results["data_quality"]["tested_values"], 12);
}

TEST_F(InsightResultsTest, AreAsTheirSchemasSay) {
  const auto results = train("ds,y\n" + monthly(72), {{"level", {80, 95}}});
  EXPECT_TRUE(fits_schema("segment_results", results));
  EXPECT_TRUE(
      fits_schema("segment_results", json::parse(*artifacts->get(job_folder + "results.json"))));
  EXPECT_TRUE(
      fits_schema("explanation", json::parse(*artifacts->get(job_folder + "explanation.json"))));
  EXPECT_TRUE(fits_schema("model", json::parse(*artifacts->get(job_folder + "model.json"))));
  const auto partly = train("unique_id,ds,y\n" + monthly(3, "a") + "b,2020-01-01,1\n",
                            {{"models", {"ets", "naive"}}, {"horizon", 1}});
  EXPECT_TRUE(fits_schema("segment_results", partly["segments"]["a"]));
  EXPECT_TRUE(fits_schema("segment_results", partly["segments"]["b"]));
}

TEST(ArtifactSchemas, FitTheirExamples) {
  for (const auto* name : {"segment_results", "explanation", "model"}) {
    auto example = schema_example(name);
    EXPECT_TRUE(fits_schema(name, example));
    example["surprise"] = 1;
    EXPECT_FALSE(fits_schema(name, example)) << name;
  }
  const auto loaded =
      forecast::LoadedSegment::load(*saved_segment_from(schema_example("model").dump()));
  EXPECT_TRUE(loaded);
}

TEST(SavedSegmentText, IsRefusedByWhatIsWrongWithIt) {
  for (const auto& [text, part] : std::initializer_list<std::pair<const char*, const char*>>{
           {"", "no key 'trainyard_segment'"},
           {R"({"trainyard_model": 1})", "no key 'trainyard_segment'"},
           {R"({"trainyard_segment": 2})", "is 2, this version reads 1"},
           {R"({"trainyard_segment": 1})", "segment"}}) {
    const auto saved = saved_segment_from(text);
    ASSERT_FALSE(saved) << text;
    EXPECT_THAT(saved.error().detail, HasSubstr(part)) << text;
  }
}

}  // namespace
}  // namespace trainyard::training

#include "worker/training/tasks.hpp"

#include "common/adapters/duckdb/duckdb_table_reader.hpp"
#include "common/adapters/filesystem/directory_artifact_store.hpp"
#include "common/base/uuid.hpp"
#include "common/wire/training_task.hpp"
#include "tests/unit/forecast/fake_models.hpp"
#include "worker/models/registry.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <map>
#include <unistd.h>

namespace trainyard::training {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::array<std::string_view, 7> fake_names{"last",   "zero",     "failing", "throwing",
                                                     "broken", "stopping", "ets"};

const std::string job_id = "01920000-0000-7000-8000-000000000001";

class TasksTest : public testing::Test {
 protected:
  TasksTest() {
    auto pattern = (std::filesystem::temp_directory_path() / "trainyard-tasks-XXXXXX").string();
    folder = mkdtemp(pattern.data());
    artifacts = filesystem::open_artifact_store(folder / "artifacts");
    context.report = [this](const runtime::TaskProgress& progress) { reports.push_back(progress); };
    context.log = [this](LineLevel level, std::string_view line) {
      log += fmt::format("{}: {}\n", to_string(level), line);
    };
    tasks = make_tasks(fakes.source(), fake_names);
  }
  ~TasksTest() override { std::filesystem::remove_all(folder); }

  runtime::TaskRegistry make_tasks(forecast::ModelSource models,
                                   std::span<const std::string_view> names) {
    return training_tasks({.reader = duckdb::make_table_reader({}),
                           .artifacts = artifacts,
                           .models = std::move(models),
                           .model_names = names,
                           .fits_kept_after = fits_kept_after});
  }

  std::string write(std::string_view name, std::string_view text) {
    std::ofstream(folder / name, std::ios::binary) << text;
    return (folder / name).string();
  }
  Result<json> run(const char* task, const json& request) {
    const auto answer = tasks.at(task)(request.dump(), context);
    if (!answer) return fail(answer.error());
    return json::parse(*answer);
  }
  Result<json> train(json config, const json& more = json::object()) {
    json request{{"job_id", job_id}, {"fence", 7}, {"config", std::move(config)}};
    request.update(more);
    return run("train", request);
  }

  std::filesystem::path folder;
  std::shared_ptr<ports::ArtifactStore> artifacts;
  forecast::FakeModels fakes;
  runtime::TaskRegistry tasks;
  std::stop_source stop;
  runtime::TaskContext context{.stop = stop.get_token()};
  std::vector<runtime::TaskProgress> reports;
  std::string log;
  std::chrono::milliseconds fits_kept_after{2'000};
};

const std::string two_segments =
    "unique_id,ds,y\na,2020,1\na,2021,2\na,2022,3\na,2023,4\na,2024,5\n"
    "b,2020,7\nb,2021,7\nb,2022,oops\nb,2023,7\n";

TEST_F(TasksTest, GivesASingleSegmentsResultsAtTheRoot) {
  const auto path = write("t.csv", two_segments);
  const auto answer = train({{"data_path", path},
                             {"horizon", 2},
                             {"segment_id", "a"},
                             {"models", {"last", "failing"}},
                             {"level", {80, 95}},
                             {"backtest", {{"windows", 1}}}});
  ASSERT_TRUE(answer) << describe(answer.error());
  const auto& results = (*answer)["results"];
  EXPECT_EQ(results["best_model"], "last");
  EXPECT_EQ(results["forecast"],
            json::parse(R"([{"ds":"2025-01-01","yhat":5,"yhat_lower":4,"yhat_upper":6},
                            {"ds":"2026-01-01","yhat":5,"yhat_lower":4,"yhat_upper":6}])"));
  EXPECT_EQ(results["metrics"]["last"]["mae"], 1.5);
  EXPECT_EQ(results["models"]["last"]["status"], "completed");
  EXPECT_EQ(results["models"]["last"]["forecast"].size(), 4U) << "two dates at two levels";
  EXPECT_EQ(results["models"]["last"]["forecast"][0]["level"], 80);
  EXPECT_EQ(results["models"]["failing"]["status"], "failed");
  EXPECT_THAT(results["models"]["failing"]["reason"], HasSubstr("1000"));
  EXPECT_EQ(results["history"][0], json::parse(R"({"ds":"2020-01-01","y":1})"));
  EXPECT_EQ(results["history"].size(), 5U);
  EXPECT_EQ(results["data_quality"]["backtest_windows"], 1);
  EXPECT_EQ((*answer)["metrics"]["last"]["mae"], 1.5);
  EXPECT_EQ(results["artifact_uri"], (*answer)["artifact_uri"]);
  EXPECT_THAT((*answer)["artifact_uri"].get<std::string>(), HasSubstr("jobs/" + job_id + ".7/"));
  const auto stored = artifacts->get("jobs/" + job_id + ".7/results.json");
  ASSERT_TRUE(stored);
  EXPECT_EQ(json::parse(*stored)["best_model"], "last");
}

TEST_F(TasksTest, TellsInItsLogWhatItReadTriedAndChose) {
  const auto answer = train({{"data_path", write("t.csv", two_segments)},
                             {"horizon", 2},
                             {"models", {"last", "failing"}},
                             {"backtest", {{"windows", 1}}}});
  ASSERT_TRUE(answer) << describe(answer.error());
  EXPECT_THAT(log, HasSubstr("info: read 9 rows of 2 segments from t.csv in "));
  EXPECT_THAT(log, HasSubstr("time 'ds', target 'y', segment 'unique_id'"));
  EXPECT_THAT(log, HasSubstr("info: a (1/2): 5 values, yearly, no season"));
  EXPECT_THAT(log, HasSubstr("info: a (1/2): last: mape "));
  EXPECT_THAT(log, HasSubstr(" 2 fits in "));
  EXPECT_THAT(log, HasSubstr("warning: a (1/2): failing failed: failing needs 1000 observations"));
  EXPECT_THAT(log, HasSubstr("info: a (1/2): chose last by mape over 1 window"));
  EXPECT_THAT(log, HasSubstr("error: b: "));
}

TEST_F(TasksTest, WarnsOnceOfWhatItFoundInTheData) {
  const auto with_a_gap = write("gap.csv",
                                "ds,y\n2010-01-01,1\n2011-01-01,2\n2012-01-01,4\n2014-01-01,3\n"
                                "2015-01-01,5\n2016-01-01,4\n");
  const auto answer = train({{"data_path", with_a_gap}, {"horizon", 2}, {"models", {"last"}}});
  ASSERT_TRUE(answer) << describe(answer.error());
  const auto first = log.find("warning: ");
  ASSERT_NE(first, log.npos) << log;
  const auto warning = log.substr(first, log.find('\n', first) - first);
  EXPECT_EQ(log.find(warning, first + 1), log.npos) << log;
}

TEST_F(TasksTest, TellsInItsLogWhyItFailed) {
  ASSERT_FALSE(train({{"data_path", "missing.csv"}, {"horizon", 2}, {"models", {"last"}}}));
  EXPECT_THAT(log, HasSubstr("error: "));
  EXPECT_THAT(log, HasSubstr("missing.csv"));
}

TEST_F(TasksTest, FitsNothingAgainThatAnEarlierAttemptFitted) {
  std::string rows = "unique_id,ds,y\n";
  for (const auto* segment : {"a", "b"})
    for (int year = 2015; year < 2025; ++year)
      rows += fmt::format("{},{},{}\n", segment, year, year % 7 + (*segment == 'a' ? 1 : 2));
  json config{{"data_path", write("t.csv", rows)},
              {"horizon", 2},
              {"models", {"last", "stopping"}},
              {"backtest", {{"windows", 1}}}};
  const auto kept = folder / "artifacts" / "fits" / ("job-" + job_id);
  fits_kept_after = std::chrono::milliseconds(0);
  tasks = make_tasks(fakes.source(), fake_names);
  EXPECT_EQ(train(config, {{"fence", 1}}).error().code, Errc::cancelled);
  EXPECT_TRUE(std::filesystem::exists(kept));

  tasks = make_tasks(fakes.source(), fake_names);  // as another process would
  config["models"] = {"last"};
  const int before = fakes.fits;
  ASSERT_TRUE(train(config, {{"fence", 2}}));
  EXPECT_EQ(fakes.fits - before, 2) << "of the second segment alone";
  EXPECT_FALSE(std::filesystem::exists(kept)) << "nobody needs it any more";
}

TEST_F(TasksTest, KeepsNoFitsOfAJobThatIsOverSoon) {
  const auto path = write("t.csv", two_segments);
  ASSERT_TRUE(
      train({{"data_path", path}, {"horizon", 2}, {"segment_id", "a"}, {"models", {"last"}}},
            {{"fence", 1}}));
  EXPECT_FALSE(std::filesystem::exists(folder / "artifacts" / "fits"));
}

// Brings one path, in two pieces.
class FakeDataSource final : public ports::DataSource {
 public:
  explicit FakeDataSource(std::string file) : file_(std::move(file)) {}

  Result<std::string> bring(const std::string& path, const std::function<void()>& on_piece,
                            std::stop_token) override {
    if (path != "s3://sales/t.csv") return fail(Errc::not_found, path);
    on_piece();
    on_piece();
    return file_;
  }

 private:
  std::string file_;
};

TEST_F(TasksTest, HasDataBroughtForEveryTaskAndShowsThatItIsOnItsWay) {
  tasks = training_tasks({.reader = duckdb::make_table_reader({}),
                          .data = std::make_shared<FakeDataSource>(write("t.csv", two_segments)),
                          .artifacts = artifacts,
                          .models = fakes.source(),
                          .model_names = fake_names});
  const auto path = "s3://sales/t.csv";
  const auto trained = train({{"data_path", path},
                              {"horizon", 2},
                              {"segment_id", "a"},
                              {"models", {"last"}},
                              {"backtest", {{"windows", 1}}}});
  ASSERT_TRUE(trained) << describe(trained.error());
  ASSERT_GE(reports.size(), 2U);
  EXPECT_EQ(reports[0].step, "Fetching the data");
  EXPECT_EQ(reports[1].step, "Fetching the data");
  EXPECT_EQ(run("inspect", {{"data_path", path}})->at("rows"), 9);
  EXPECT_EQ(run("convert", {{"input", path}, {"output", folder / "t.parquet"}})->at("rows"), 9);
  EXPECT_EQ(run("inspect", {{"data_path", "elsewhere"}}).error().code, Errc::not_found);
}

TEST_F(TasksTest, WritesTheDatesOfHistoryAndForecastAlike) {
  const auto path = write("t.csv", "ds,y\n2020-01-01T22:00,1\n2020-01-01T23:00,2\n");
  const auto answer = train({{"data_path", path}, {"horizon", 1}, {"models", {"last"}}});
  ASSERT_TRUE(answer) << describe(answer.error());
  const auto& results = (*answer)["results"];
  EXPECT_EQ(results["history"][1]["ds"], "2020-01-01T23:00:00");
  EXPECT_EQ(results["forecast"][0]["ds"], "2020-01-02T00:00:00");
}

TEST_F(TasksTest, SaysWhatWasFoundInTheData) {
  std::string text = "ds,y\n";
  for (int year = 2001; year <= 2020; ++year)
    text += fmt::format("{},{}\n", year, year == 2010 ? 900 : 10 + year % 3);
  const auto answer =
      train({{"data_path", write("t.csv", text)}, {"horizon", 1}, {"models", {"last"}}});
  ASSERT_TRUE(answer) << describe(answer.error());
  const auto& quality = (*answer)["results"]["data_quality"];
  EXPECT_EQ(quality["outliers"], json::parse(R"({"count":1,"first":["2010-01-01"]})"));
  EXPECT_EQ(quality["level_shifts"], json::parse(R"({"count":0,"first":[]})"));
  EXPECT_EQ(quality["demand"]["pattern"], "erratic");
  EXPECT_EQ(quality["demand"]["adi"], 1.0);
  EXPECT_EQ(quality["zeros"], 0);
}

TEST_F(TasksTest, LetsABadSegmentFailAlone) {
  const auto path = write("t.csv", two_segments);
  const auto answer = train({{"data_path", path}, {"horizon", 1}, {"models", {"last"}}});
  ASSERT_TRUE(answer) << describe(answer.error());
  const auto& segments = (*answer)["results"]["segments"];
  EXPECT_EQ(segments["a"]["best_model"], "last");
  EXPECT_EQ(segments["b"]["status"], "failed");
  EXPECT_EQ(segments["b"]["history"], json::array());
  EXPECT_EQ(segments["b"]["error"]["row"], 9);
  EXPECT_EQ(segments["b"]["error"]["field"], "y");
  EXPECT_THAT(segments["b"]["error"]["detail"], HasSubstr("oops"));
}

TEST_F(TasksTest, FailsAJobWhoseOnlySegmentIsBad) {
  const auto path = write("t.csv", two_segments);
  const auto answer =
      train({{"data_path", path}, {"horizon", 1}, {"models", {"last"}}, {"segment_id", "b"}});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().row, 9);
  EXPECT_EQ(category_of(answer.error()), Category::data);
}

TEST_F(TasksTest, FailsAJobWhoseOnlyModelFails) {
  const auto path = write("t.csv", two_segments);
  const auto answer =
      train({{"data_path", path}, {"horizon", 1}, {"models", {"failing"}}, {"segment_id", "a"}});
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().detail, HasSubstr("1000"));
}

struct BadRequest {
  json config;
  std::string field;
  Category category;
};

TEST_F(TasksTest, RefusesBadRequestsByTheirField) {
  const auto path = write("t.csv", two_segments);
  const auto empty = write("empty.csv", "unique_id,ds,y\n");
  const auto ragged = write("ragged.csv", two_segments + "a,2025\n");
  const BadRequest requests[] = {
      {{{"data_path", path}, {"horizon", 0}}, "horizon", Category::config},
      {{{"data_path", path}, {"horizon", 1}, {"models", {"nope"}}}, "models", Category::config},
      {{{"data_path", path}, {"horizon", 1}, {"target_col", "nope"}},
       "target_col",
       Category::config},
      {{{"data_path", path}, {"horizon", 1}, {"segment_id", "c"}}, "segment_id", Category::config},
      {{{"data_path", path}, {"horizon", 1}, {"drill", "noop"}}, "drill", Category::config},
      {{{"data_path", path},
        {"horizon", 1},
        {"models", {"ensemble"}},
        {"hyperparameters", {{"ensemble", {{"members", {"nope"}}}}}}},
       "hyperparameters.ensemble.members",
       Category::config},
      {{{"data_path", path},
        {"horizon", 1},
        {"models", {"ensemble"}},
        {"hyperparameters", {{"ensemble", {{"combination", "mode"}}}}}},
       "hyperparameters.ensemble.combination",
       Category::config},
      {{{"data_path", (folder / "none.csv").string()}, {"horizon", 1}},
       "data_path",
       Category::data},
      {{{"data_path", empty}, {"horizon", 1}}, "data_path", Category::data},
      {{{"data_path", ragged}, {"horizon", 1}}, "y", Category::data},
  };
  for (const auto& request : requests) {
    const auto answer = train(request.config);
    ASSERT_FALSE(answer) << request.config;
    EXPECT_EQ(answer.error().field, request.field) << request.config;
    EXPECT_EQ(category_of(answer.error()), request.category) << request.config;
  }
  for (const auto* text : {"", "[]", "{}", R"({"config": 1})"}) {
    EXPECT_FALSE(tasks.at("train")(text, context)) << text;
    EXPECT_FALSE(tasks.at("inspect")(text, context)) << text;
    EXPECT_FALSE(tasks.at("convert")(text, context)) << text;
  }
}

TEST_F(TasksTest, ReportsProgressAsFitsDoneOverFitsToDo) {
  const auto path = write("t.csv", two_segments);
  ASSERT_TRUE(train({{"data_path", path},
                     {"horizon", 1},
                     {"models", {"last", "zero", "ensemble"}},
                     {"segment_id", "a"},
                     {"backtest", {{"windows", 1}}}}));
  std::vector<double> fractions;
  for (const auto& report : reports)
    fractions.push_back(report.fraction);
  EXPECT_THAT(fractions, ElementsAre(0, 0.25, 0.5, 0.75));
  EXPECT_EQ(reports[0].step, "Fitting last (1/3), window 1 of 1");
  EXPECT_EQ(reports[3].step, "Fitting zero (2/3), full history");
  EXPECT_TRUE(reports[0].metrics.empty());
  EXPECT_THAT(reports[2].metrics, HasSubstr("\"last\""));
}

TEST_F(TasksTest, SharesFitsBetweenTheJobsOfABatchInSeveralProcesses) {
  const auto path = write("t.csv", two_segments);
  const json config{{"data_path", path}, {"horizon", 1}, {"segment_id", "a"}};
  const json batch{{"batch_id", BatchId::make().to_string()}};
  auto single = config;
  single["models"] = {"last"};
  const auto first = train(single, batch);
  ASSERT_TRUE(first) << describe(first.error());
  const int before = fakes.fits;
  tasks = make_tasks(fakes.source(), fake_names);  // another process, in effect
  auto combined = config;
  combined["models"] = {"ensemble"};
  combined["hyperparameters"]["ensemble"]["members"] = {"last"};
  const auto second = train(combined, batch);
  ASSERT_TRUE(second) << describe(second.error());
  EXPECT_EQ(fakes.fits, before);
  EXPECT_EQ((*second)["results"]["forecast"], (*first)["results"]["forecast"]);
  tasks = make_tasks(fakes.source(), fake_names);
  ASSERT_TRUE(train(combined, {{"batch_id", BatchId::make().to_string()}}));
  EXPECT_GT(fakes.fits, before) << "another batch has its own";
}

TEST_F(TasksTest, LearnsFromAllSegmentsOnceForTheJobsOfABatch) {
  std::string text = "unique_id,ds,y\nbad,2020-01,oops\nshort,2020-01,1\nshort,2020-02,2\n";
  for (const char* segment : {"a", "b", "c"})
    for (int t = 0; t < 48; ++t)
      text += fmt::format("{},{}-{:02},{}\n", segment, 2016 + t / 12, t % 12 + 1,
                          100 * (segment[0] - 'a' + 1) + 10 * (t % 12));
  const json config{{"data_path", write("t.csv", text)},
                    {"horizon", 6},
                    {"models", {"xgboost_global"}},
                    {"backtest", {{"windows", 2}}}};
  const auto id = BatchId::make();
  const json batch{{"batch_id", id.to_string()}};
  const auto learned = [&] {
    std::map<std::string, std::filesystem::file_time_type> files;
    for (const auto& file :
         std::filesystem::directory_iterator(folder / "artifacts" / wire::fits_folder(id)))
      if (file.path().filename().string().starts_with("global-"))
        files[file.path().filename()] = file.last_write_time();
    return files;
  };
  const auto train_segment = [&](const char* segment) {
    auto own = config;
    own["segment_id"] = segment;
    tasks = make_tasks(models::make_model, models::model_names());  // another process, in effect
    return train(own, batch);
  };
  const auto first = train_segment("a");
  ASSERT_TRUE(first) << describe(first.error());
  const auto files = learned();
  EXPECT_EQ(files.size(), 3U) << "two windows and the future";
  const auto& model = (*first)["results"]["models"]["xgboost_global"];
  EXPECT_THAT(model["description"].get<std::string>(), HasSubstr("learned from 3 series"));
  EXPECT_LT(model["metrics"]["mape"].get<double>(), 10.0);

  const auto second = train_segment("b");
  ASSERT_TRUE(second) << describe(second.error());
  EXPECT_EQ(learned(), files);
  EXPECT_THAT(describe(train_segment("short").error()), HasSubstr("needs at least"));
  EXPECT_THAT(describe(train_segment("bad").error()), HasSubstr("row 2"));

  const auto together = train(config);
  ASSERT_TRUE(together) << describe(together.error());
  EXPECT_EQ((*together)["results"]["segments"]["b"]["forecast"], (*second)["results"]["forecast"]);
}

TEST_F(TasksTest, ReadsAChangedFileAnew) {
  const auto path = write("t.csv", "ds,y\n2020,1\n2021,2\n2022,3\n");
  const json config{{"data_path", path}, {"horizon", 1}, {"models", {"last"}}};
  EXPECT_EQ((*train(config))["results"]["forecast"][0]["yhat"], 3);
  write("t.csv", "ds,y\n2020,1\n2021,2\n2022,33\n");
  EXPECT_EQ((*train(config))["results"]["forecast"][0]["yhat"], 33);
}

TEST_F(TasksTest, StopsWithCancelled) {
  const auto path = write("t.csv", two_segments);
  stop.request_stop();
  for (const auto& answer : {train({{"data_path", path}, {"horizon", 1}, {"models", {"last"}}}),
                             run("inspect", {{"data_path", path}}),
                             run("convert", {{"input", path}, {"output", path + ".parquet"}})}) {
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Errc::cancelled);
  }
}

TEST_F(TasksTest, InspectsWhatAFileHolds) {
  const auto path = write("t.csv", two_segments);
  const auto answer = run("inspect", {{"data_path", path}});
  ASSERT_TRUE(answer) << describe(answer.error());
  EXPECT_EQ((*answer)["rows"], 9);
  EXPECT_EQ((*answer)["time_col"], "ds");
  EXPECT_EQ((*answer)["target_col"], "y");
  EXPECT_EQ((*answer)["segment_col"], "unique_id");
  EXPECT_EQ((*answer)["segments"], json({"a", "b"}));
}

TEST_F(TasksTest, ConvertsAndTrainsOnTheParquet) {
  const auto path = write("t.csv", two_segments);
  const auto parquet = (folder / "t.parquet").string();
  const auto answer = run("convert", {{"input", path}, {"output", parquet}});
  ASSERT_TRUE(answer) << describe(answer.error());
  EXPECT_EQ((*answer)["rows"], 9);
  EXPECT_TRUE(train({{"data_path", parquet}, {"horizon", 1}, {"models", {"last"}}}));
}

TEST_F(TasksTest, ForecastsRealDataWithTheRealModels) {
  tasks = make_tasks(models::make_model, models::model_names());
  const auto path = std::string(TRAINYARD_SOURCE_DIR) + "/tests/data/air_passengers.csv";
  const auto answer = train({{"data_path", path}, {"horizon", 12}, {"models", {"auto"}}});
  ASSERT_TRUE(answer) << describe(answer.error());
  const auto& results = (*answer)["results"];
  EXPECT_EQ(results["forecast"].size(), 12U);
  EXPECT_EQ(results["forecast"][0]["ds"], "1961-01-01");
  EXPECT_LT(results["metrics"]["ensemble"]["mape"].get<double>(),
            results["metrics"]["seasonal_naive"]["mape"].get<double>());
  for (const auto& [model, figures] : (*answer)["metrics"].items())
    EXPECT_EQ(figures.contains("is_best"), results["best_model"] == model) << model;
}

}  // namespace
}  // namespace trainyard::training

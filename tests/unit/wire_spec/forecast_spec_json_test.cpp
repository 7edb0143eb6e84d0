#include "common/wire/forecast_spec_json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace trainyard::wire {
namespace {

using testing::HasSubstr;

constexpr std::array<std::string_view, 5> models{"seasonal_naive", "ets", "theta", "ensemble",
                                                 "auto"};
constexpr domain::SpecRules rules{.models = models};

std::vector<Error> problems(std::string_view json, const domain::SpecRules& checked = rules) {
  const auto spec = parse_forecast_spec(json, checked);
  return spec ? std::vector<Error>{} : spec.error();
}

TEST(ForecastSpecJson, FillsInTheDefaults) {
  const auto spec = parse_forecast_spec(R"({"data_path": "a.csv", "horizon": 12})", rules);
  ASSERT_TRUE(spec) << describe(spec.error().front());
  EXPECT_EQ(spec->models, std::vector<std::string>{"auto"});
  EXPECT_EQ(spec->levels, std::vector<double>{95.0});
  EXPECT_EQ(spec->metric, "mape");
  EXPECT_EQ(spec->backtest.windows, 3);
  EXPECT_EQ(spec->backtest.window, domain::TrainingWindow::expanding);
  EXPECT_EQ(spec->anomalies.threshold, 3.5);
  EXPECT_FALSE(spec->frequency);
}

TEST(ForecastSpecJson, ReadsEveryKey) {
  const auto spec = parse_forecast_spec(
      R"({"data_path": "a.csv", "target_col": "sales", "time_col": "date", "segment_col": "store",
          "segment_id": "7", "horizon": 18, "frequency": "W-MON", "models": ["ets", "theta"],
          "covariates": ["promo"], "level": [80, 95], "metric": "mase",
          "backtest": {"windows": 2, "step": 6, "gap": 1, "window": "sliding", "size": 48},
          "anomalies": {"threshold": 5}, "data_rows": 1000, "seed": 7,
          "executor": "local", "priority": 3, "hyperparameters": {"ets": {"damped": true}},
          "holidays": ["AU"]})",
      rules);
  ASSERT_TRUE(spec) << describe(spec.error().front());
  EXPECT_EQ(spec->segment_id, "7");
  EXPECT_EQ(spec->frequency, (domain::Frequency{domain::Period::week, 1}));
  EXPECT_EQ(spec->levels, (std::vector{80.0, 95.0}));
  EXPECT_EQ(spec->backtest.step, 6);
  EXPECT_EQ(spec->backtest.window, domain::TrainingWindow::sliding);
  EXPECT_EQ(spec->backtest.size, 48);
  EXPECT_EQ(spec->anomalies.threshold, 5.0);
  EXPECT_EQ(spec->hyperparameters.at("ets"), R"({"damped":true})");
  EXPECT_EQ(spec->holidays, R"(["AU"])");
  const auto again = parse_forecast_spec(to_json(*spec), rules);
  ASSERT_TRUE(again);
  EXPECT_EQ(to_json(*again), to_json(*spec));
}

TEST(ForecastSpecJson, TakesNullAsAbsentAndOneValueForAList) {
  const auto spec = parse_forecast_spec(
      R"({"data_path": "a.csv", "horizon": 1, "segment_id": null, "models": "ets", "level": 80})",
      rules);
  ASSERT_TRUE(spec);
  EXPECT_FALSE(spec->segment_id);
  EXPECT_EQ(spec->models, std::vector<std::string>{"ets"});
  EXPECT_EQ(spec->levels, std::vector<double>{80.0});
}

struct BadConfig {
  std::string json;
  std::string field;
  std::string text;  // part of the message with its hint
};

TEST(ForecastSpecJson, RefusesEachMistakeByItsField) {
  const BadConfig configs[] = {
      {R"("horizon": 0)", "horizon", "1 to 10000"},
      {R"("horizon": -1)", "horizon", "1 to 10000"},
      {R"("horizon": 1000000)", "horizon", "1 to 10000"},
      {R"("horizon": 99999999999999999999)", "horizon", ""},
      {R"("horizon": 1.5)", "horizon", "whole number"},
      {R"("horizon": "12")", "horizon", "not string"},
      {R"("horizn": 12)", "horizn", "did you mean 'horizon'?"},
      {R"("modles": ["ets"])", "modles", "did you mean 'models'?"},
      {R"("zzzzzzzzzzzz": 1)", "zzzzzzzzzzzz", "remove it"},
      {R"("models": ["etss"])", "models", "did you mean 'ets'?"},
      {R"("models": ["prophet2000"])", "models", "there are: seasonal_naive, ets"},
      {R"("models": [])", "models", "no model"},
      {R"("models": ["ets", "ets"])", "models", "twice"},
      {R"("models": [1])", "models", "array of strings"},
      {R"("frequency": "fortnightly")", "frequency", "use yearly"},
      {R"("level": 100)", "level", "between 50 and 100"},
      {R"("level": 0.95)", "level", "in percent"},
      {R"("level": [])", "level", "1 to 10"},
      {R"("metric": "mse")", "metric", "use one of mape"},
      {R"("executor": "cloud")", "executor", "auto, local"},
      {R"("backtest": {"windows": 101})", "backtest.windows", "0 to 100"},
      {R"("backtest": {"windws": 3})", "backtest.windws", "did you mean 'windows'?"},
      {R"("backtest": {"window": 3})", "backtest.window", "one of expanding, sliding, not number"},
      {R"("backtest": {"window": "rolling"})", "backtest.window", "use one of expanding, sliding"},
      {R"("backtest": {"window": "sliding", "size": 1})", "backtest.size", "2 to 10000000"},
      {R"("backtest": {"window": "sliding", "size": "1y"})", "backtest.size", "whole number"},
      {R"("backtest": {"size": 24})", "backtest.size", "set backtest.window to sliding"},
      {R"("anomalies": {"threshold": 0.5})", "anomalies.threshold", "1 to 1000"},
      {R"("anomalies": {"threshold": "high"})", "anomalies.threshold", "a number, not string"},
      {R"("time_budget_seconds": 0)", "time_budget_seconds", "more than 0"},
      {R"("anomalies": {"treshold": 3})", "anomalies.treshold", "did you mean 'threshold'?"},
      {R"("anomalies": 3)", "anomalies", "an object"},
      {R"("backtest": {"step": 0})", "backtest.step", "1 to 10000"},
      {R"("backtest": {"gap": -1})", "backtest.gap", "0 to 10000"},
      {R"("backtest": 3)", "backtest", "an object"},
      {R"("hyperparameters": {"etss": {}})", "hyperparameters", "did you mean 'ets'?"},
      {R"("hyperparameters": {"ets": 1})", "hyperparameters.ets", "an object"},
      {R"("seed": -1)", "seed", "negative"},
      {R"("data_rows": -1)", "data_rows", "negative"},
      {R"("priority": 1001)", "priority", "-1000 to 1000"},
      {R"("segment_id": "")", "segment_id", "empty"},
      {R"("target_col": 1)", "target_col", "a string"},
      {R"("drill": "noop")", "drill", "not allowed"},
      {R"("data": [])", "data", "non-empty"},
  };
  for (const auto& config : configs) {
    const bool has_horizon = config.field == "horizon";
    const auto json = std::string(R"({"data_path": "a.csv", )") +
                      (has_horizon ? "" : R"("horizon": 12, )") + config.json + "}";
    const auto found = problems(json);
    ASSERT_FALSE(found.empty()) << json;
    EXPECT_EQ(found.front().field, config.field) << json;
    EXPECT_THAT(found.front().detail + " (" + found.front().hint + ")", HasSubstr(config.text));
    EXPECT_EQ(category_of(found.front()), Category::config) << json;
  }
}

TEST(ForecastSpecJson, TellsEveryProblemAtOnce) {
  const auto found = problems(R"({"horizn": 12, "models": ["nope"], "level": 5})");
  std::vector<std::string> fields;
  for (const auto& problem : found)
    fields.push_back(problem.field);
  EXPECT_THAT(fields,
              testing::UnorderedElementsAre("horizn", "data_path", "horizon", "models", "level"));
}

TEST(ForecastSpecJson, RefusesWhatIsNoObject) {
  for (const auto* json : {"", "{", "[]", "12", "null", "\"x\""}) {
    const auto found = problems(json);
    ASSERT_EQ(found.size(), 1U) << json;
    EXPECT_EQ(found.front().field, "config");
  }
}

TEST(ForecastSpecJson, NeedsNeitherDataNorHorizonForADrill) {
  const domain::SpecRules drilling{.models = models, .drills = domain::Drills::allowed};
  for (const auto* drill : {"noop", "sleep:50", "crash", "abort", "oom", "hang", "fail:cluster"}) {
    EXPECT_TRUE(problems(std::string(R"({"drill": ")") + drill + "\"}", drilling).empty()) << drill;
  }
  for (const auto* drill : {"explode", "sleep:", "sleep:x", "fail:", "fail:nothing"}) {
    EXPECT_FALSE(problems(std::string(R"({"drill": ")") + drill + "\"}", drilling).empty())
        << drill;
  }
}

TEST(ForecastSpecJson, TakesInlineRowsInsteadOfAPath) {
  EXPECT_TRUE(problems(R"({"data": [{"ds": "2020-01-01", "y": 1}], "horizon": 1})").empty());
}

}  // namespace
}  // namespace trainyard::wire

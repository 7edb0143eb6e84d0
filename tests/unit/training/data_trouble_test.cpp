#include "common/adapters/duckdb/duckdb_table_reader.hpp"
#include "worker/models/registry.hpp"
#include "worker/training/tasks.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <unistd.h>

// Files as people have them, through the task that trains them: each is forecast with finite
// figures and a warning that names what was found, or refused by what is wrong.

namespace trainyard::training {
namespace {

using nlohmann::json;
using std::chrono::days;
using std::chrono::sys_days;
using testing::HasSubstr;

std::string date(sys_days day) {
  const std::chrono::year_month_day d{day};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(d.year()),
                     static_cast<unsigned>(d.month()), static_cast<unsigned>(d.day()));
}

// `count` rows, some of which `row` leaves out by answering nothing.
std::string file(int count, const std::function<std::string(int)>& row) {
  std::string text = "ds,y\n";
  for (int i = 0; i < count; ++i)
    if (const auto line = row(i); !line.empty()) text += line + "\n";
  return text;
}

double usual(int i) {
  return 100 + 0.5 * i + 8 * std::sin(0.5236 * i) + i * 7919 % 5;
}

std::string month(int i, double value) {
  return fmt::format("{}-{:02}-01,{}", 2015 + i / 12, i % 12 + 1, value);
}

const sys_days first_day = std::chrono::year(2023) / 1 / 2;

std::string by_days(int i, int step) {
  return fmt::format("{},{}", date(first_day + days(step * i)), usual(i));
}

// Hours of the last days of March or October 2024 in central Europe, with their offsets.
std::string hour(int i, int month_of_year, int forward_at, int day_from) {
  const int at = i < forward_at ? i : i + (month_of_year == 3 ? 1 : -1);
  const int offset = (i < forward_at) == (month_of_year == 3) ? 1 : 2;
  return fmt::format("2024-{:02}-{:02}T{:02}:00:00+0{}:00,{}", month_of_year, day_from + at / 24,
                     at % 24, offset, usual(i));
}

struct Trouble {
  std::string name;
  std::string data;
  std::string says;  // in a warning, or in the refusal
  bool is_refused = false;
  json more = json::object();
};

std::vector<Trouble> troubles() {
  const auto gap = [](int i) { return i == 20 || i == 21 ? "" : month(i, usual(i)); };
  const auto empty_ends = [](int i) {
    return i < 3 || i > 57 ? month(i, 0).substr(0, 11) : month(i, usual(i));
  };
  const auto two_spacings = [](int i) {
    return i < 30 ? by_days(i, 7) : fmt::format("{},{}", date(first_day + days(174 + i)), usual(i));
  };
  const auto fiscal = [](int i) {
    const int weeks = i / 3 * 13 + (i % 3) * 4 + (i % 3 == 2 ? 1 : 0);
    return fmt::format("{},{}", date(first_day + days(7 * weeks)), usual(i));
  };
  const json one_hour{{"horizon", 24}, {"models", {"seasonal_naive", "ets"}}};
  return {
      {"missing_periods", file(60, gap), "2 of 60 periods had no value"},
      {"empty_ends", file(60, empty_ends), "3 empty periods before the first value"},
      {"duplicates", file(60, [](int i) { return month(i == 30 ? 29 : i, usual(i)); }),
       "rows 31 and 32 both have the date 2017-06-01", true},
      {"outlier", file(60, [](int i) { return month(i, i == 30 ? 900 : usual(i)); }),
       "1 outlier far from what trend and season suggest (2017-07-01)"},
      {"level_shift", file(60, [](int i) { return month(i, usual(i) + (i < 30 ? 0 : 400)); }),
       "sudden change of level"},
      {"zeros", file(60, [](int i) { return month(i, i % 3 == 0 ? 5 + i % 2 : 0); }),
       "the demand is intermittent"},
      {"all_zero", file(24, [](int i) { return month(i, 0); }), "all values are zero"},
      {"constant", file(24, [](int i) { return month(i, 7); }), "all values are the same"},
      {"one_negative", file(60, [](int i) { return month(i, i == 30 ? -3 : usual(i)); }),
       "1 value below zero (2017-07-01)"},
      {"negatives_under_a_multiplicative_model",
       file(60, [](int i) { return month(i, i == 30 ? -3 : usual(i)); }),
       "below zero",
       false,
       {{"models", {"prophet"}},
        {"hyperparameters", {{"prophet", {{"seasonality_mode", "multiplicative"}}}}}}},
      {"two_frequencies", file(60, two_spacings), "weekly until 2023-07-24, then daily"},
      {"leap_day", file(400, [](int i) { return by_days(420 + i, 1); }), ""},
      {"fiscal_months", file(36, fiscal), "months of four and five weeks"},
      {"weeks_from_wednesday", file(120, [](int i) { return by_days(i, 7); }), ""},
      {"clocks_forward", file(167, [](int i) { return hour(i, 3, 146, 25); }),
       "1 of 168 periods had no value", false, one_hour},
      {"clocks_back", file(169, [](int i) { return hour(i, 10, 51, 25); }),
       "where clocks were set back, write UTC", true, one_hour},
  };
}

void PrintTo(const Trouble& trouble, std::ostream* out) {
  *out << trouble.name;
}

class DataTrouble : public testing::TestWithParam<Trouble> {};

Result<json> train(const std::string& data, const json& more) {
  auto pattern = (std::filesystem::temp_directory_path() / "trainyard-trouble-XXXXXX").string();
  const std::filesystem::path folder = mkdtemp(pattern.data());
  std::ofstream(folder / "t.csv", std::ios::binary) << data;
  auto tasks = training_tasks({.reader = duckdb::make_table_reader({}),
                               .artifacts = nullptr,
                               .models = models::make_model,
                               .model_names = models::model_names()});
  runtime::TaskContext context;
  json config{{"data_path", (folder / "t.csv").string()}, {"horizon", 3}};
  config.update(more);
  const json request{{"job_id", "01920000-0000-7000-8000-000000000001"},
                     {"fence", 1},
                     {"config", std::move(config)}};
  const auto answer = tasks.at("train")(request.dump(), context);
  std::filesystem::remove_all(folder);
  if (!answer) return fail(answer.error());
  return json::parse(*answer)["results"];
}

void expect_finite_forecast(const json& results) {
  ASSERT_FALSE(results["forecast"].empty());
  for (const auto& row : results["forecast"]) {
    ASSERT_TRUE(row["yhat"].is_number()) << row;
    EXPECT_LE(row["yhat_lower"], row["yhat"]);
    EXPECT_LE(row["yhat"], row["yhat_upper"]);
    for (const auto* key : {"yhat", "yhat_lower", "yhat_upper"})
      EXPECT_TRUE(row[key] != 0.0 || !std::signbit(row[key].get<double>())) << key << " is -0";
  }
  const auto& anomalies = results["anomalies"];
  EXPECT_EQ(anomalies["reason"].is_null(), anomalies["judged"] > 0) << anomalies;
}

TEST_P(DataTrouble, IsForecastWithAWarningOrRefusedByName) {
  const auto& trouble = GetParam();
  const auto results = train(trouble.data, trouble.more);
  if (trouble.is_refused) {
    ASSERT_FALSE(results);
    EXPECT_EQ(category_of(results.error()), Category::data);
    EXPECT_THAT(describe(results.error()), HasSubstr(trouble.says));
    return;
  }
  ASSERT_TRUE(results) << describe(results.error());
  expect_finite_forecast(*results);
  EXPECT_THAT((*results)["data_quality"]["warnings"].dump(), HasSubstr(trouble.says));
}

INSTANTIATE_TEST_SUITE_P(Files, DataTrouble, testing::ValuesIn(troubles()),
                         [](const auto& trouble) { return trouble.param.name; });

class ShortFile : public testing::TestWithParam<int> {};

TEST_P(ShortFile, IsForecastFromTwoValuesOn) {
  const int count = GetParam();
  const auto data = file(count, [](int i) { return month(i, usual(i)); });
  const auto results = train(data, {{"horizon", 1}});
  if (count < 2) {
    ASSERT_FALSE(results);
    EXPECT_THAT(describe(results.error()), HasSubstr("at least 2 are needed"));
    return;
  }
  ASSERT_TRUE(results) << describe(results.error());
  expect_finite_forecast(*results);
  EXPECT_THAT((*results)["data_quality"]["warnings"].dump(),
              HasSubstr(fmt::format("only {} periods", count)));
}

INSTANTIATE_TEST_SUITE_P(Lengths, ShortFile, testing::Range(1, 11));

}  // namespace
}  // namespace trainyard::training

#include "tests/unit/models/sample_series.hpp"
#include "worker/models/mstl/loess.hpp"
#include "worker/models/mstl/stl.hpp"
#include "worker/models/registry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numbers>
#include <numeric>
#include <sstream>

namespace trainyard::models {
namespace {

using testing::DoubleNear;
using testing::HasSubstr;
using testing::Pointwise;

// The columns of tests/golden/mstl_air_passengers.csv, which statsforecast made (script beside it).
std::vector<std::vector<double>> golden_columns() {
  std::ifstream file(TRAINYARD_SOURCE_DIR "/tests/golden/mstl_air_passengers.csv");
  std::vector<std::vector<double>> columns(5);
  std::string line;
  std::getline(file, line);  // where the values come from
  std::getline(file, line);  // names of the columns
  while (std::getline(file, line)) {
    std::ranges::replace(line, ',', ' ');
    std::istringstream cells(line);
    for (auto& column : columns)
      cells >> column.emplace_back();
  }
  return columns;
}

// Hours with a day and a week in them.
SampleSeries two_seasons(std::size_t length) {
  SampleSeries series{.name = "two seasons", .season_length = 24};
  for (std::size_t t = 0; t < length; ++t) {
    const auto x = static_cast<double>(t);
    series.y.push_back(100.0 + 0.05 * x + 10.0 * std::sin(2.0 * std::numbers::pi * x / 24.0) +
                       20.0 * std::sin(2.0 * std::numbers::pi * x / 168.0));
  }
  return series;
}

TEST(Loess, ReproducesALineEverywhereAndBeyond) {
  for (const std::size_t window : {5u, 21u, 41u}) {
    std::vector<double> line(20);
    std::iota(line.begin(), line.end(), 1.0);
    Loess loess({.length = line.size(), .window = window});
    for (std::size_t position = 0; position <= 21; ++position)
      EXPECT_NEAR(loess.at(line.data(), position), static_cast<double>(position), 1e-12) << window;
  }
}

TEST(Loess, InterpolatesWhereTheWindowIsLong) {
  std::vector<double> wave(600);
  for (std::size_t t = 0; t < wave.size(); ++t)
    wave[t] = std::sin(static_cast<double>(t) / 100.0);
  Loess loess({.length = wave.size(), .window = 151});
  std::vector<double> smoothed(wave.size());
  loess.smooth(wave, smoothed);
  for (std::size_t t = 0; t < wave.size(); ++t)
    EXPECT_NEAR(smoothed[t], loess.at(wave.data(), t + 1), 1e-3);
}

TEST(Stl, TakesAirPassengersApartAsTheReference) {
  const auto columns = golden_columns();
  const auto series = air_passengers();
  const auto parts = stl({.y = series.y, .season = 12});
  EXPECT_THAT(parts.trend, Pointwise(DoubleNear(1e-8), columns[0]));
  EXPECT_THAT(parts.season, Pointwise(DoubleNear(1e-8), columns[1]));
}

TEST(Mstl, TakesTwoSeasonsApartAsTheReference) {
  const auto columns = golden_columns();
  const auto series = air_passengers();
  const auto parts = mstl({.y = series.y, .seasons = {4, 12}});
  EXPECT_THAT(parts.trend, Pointwise(DoubleNear(1e-8), columns[2]));
  EXPECT_THAT(parts.seasons[0], Pointwise(DoubleNear(1e-8), columns[3]));
  EXPECT_THAT(parts.seasons[1], Pointwise(DoubleNear(1e-8), columns[4]));
}

TEST(Mstl, ForecastsADayAndAWeek) {
  const auto whole = two_seasons(168 * 5);
  SampleSeries past = whole;
  past.y.resize(168 * 4);
  auto series = past.view();
  series.long_seasons = {168};
  const auto fitted = make_model("mstl")->fit(series, {});
  ASSERT_TRUE(fitted) << describe(fitted.error());
  EXPECT_THAT((*fitted)->description(), HasSubstr("MSTL[24, 168] + ETS("));
  const auto forecast = (*fitted)->forecast({.horizon = 168});
  for (std::size_t h = 0; h < 168; ++h)
    EXPECT_NEAR(forecast->mean[h], whole.y[past.y.size() + h], 3.0) << "step " << h + 1;
}

TEST(Mstl, TakesAnyOtherModelForWhatIsLeft) {
  const auto series = air_passengers();
  const auto fitted = make_model("mstl")->fit(
      series.view(), {.hyperparameters = R"({"model": "theta", "settings": {"form": "OTM"}})"});
  ASSERT_TRUE(fitted) << describe(fitted.error());
  EXPECT_EQ((*fitted)->description(), "MSTL[12] + OTM");
  const auto loaded = load_model(*(*fitted)->save());
  ASSERT_TRUE(loaded) << describe(loaded.error());
  EXPECT_EQ((*loaded)->forecast({.horizon = 5})->mean, (*fitted)->forecast({.horizon = 5})->mean);
}

TEST(Mstl, PassesOnWhatTheOtherModelRefuses) {
  const auto series = air_passengers();
  const auto wrong =
      make_model("mstl")->fit(series.view(), {.hyperparameters = R"({"settings": {"depth": 1}})"});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().field, "hyperparameters.ets.depth");
  EXPECT_FALSE(make_model("mstl")->fit(series.view(), {.hyperparameters = R"({"model": "mstl"})"}));
}

TEST(Mstl, HasTheSeasonAsItLastWasAsAComponentOfTheFuture) {
  const auto series = air_passengers();
  const auto fitted =
      make_model("mstl")->fit(series.view(), {.hyperparameters = R"({"model": "naive"})"});
  const auto parts = mstl({.y = series.y, .seasons = {12}});
  const auto forecast = (*fitted)->forecast({.horizon = 12});
  const double adjusted = series.y.back() - parts.seasons[0].back();
  for (std::size_t h = 0; h < 12; ++h)
    EXPECT_NEAR(forecast->mean[h], adjusted + parts.seasons[0][132 + h], 1e-9);
}

TEST(Mstl, GoesWithoutASeasonThatTheSeriesDoesNotHoldTwice) {
  const auto series = synthetic(23, 12);
  const auto fitted = make_model("mstl")->fit(series.view(), {});
  EXPECT_THAT((*fitted)->description(), HasSubstr("MSTL[] + ETS("));
}

TEST(Mstl, RefusesASavedSeasonWithoutValues) {
  const auto fitted = make_model("mstl")->fit(air_passengers().view(), {});
  auto text = *(*fitted)->save();
  const std::string key = R"("next":)";
  text.replace(text.find(key), key.size(), R"("later":)");
  const auto loaded = load_model(text);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().field, "next");
}

}  // namespace
}  // namespace trainyard::models

#include "tests/unit/models/sample_series.hpp"
#include "worker/models/registry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <thread>

// What every registered model promises.

namespace trainyard::models {
namespace {

using testing::ElementsAreArray;
using testing::HasSubstr;

constexpr std::array levels{80.0, 95.0};

class ForecasterContract : public testing::TestWithParam<std::string_view> {
 protected:
  std::unique_ptr<Model> model = make_model(GetParam());

  Forecast forecast(const SampleSeries& series, int horizon) const {
    const auto fitted = model->fit(series.view(), {.seed = 3});
    if (!fitted) {
      ADD_FAILURE() << series.name << ": " << describe(fitted.error());
      return {};
    }
    const auto result = (*fitted)->forecast({.horizon = horizon, .levels = levels});
    if (!result) {
      ADD_FAILURE() << series.name << ": " << describe(result.error());
      return {};
    }
    return *result;
  }
};

void expect_sound(const Forecast& forecast, std::size_t horizon, const std::string& what) {
  ASSERT_EQ(forecast.mean.size(), horizon) << what;
  ASSERT_EQ(forecast.intervals.size(), levels.size()) << what;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    EXPECT_EQ(forecast.intervals[i].level, levels[i]);
    ASSERT_EQ(forecast.intervals[i].lower.size(), horizon) << what;
    ASSERT_EQ(forecast.intervals[i].upper.size(), horizon) << what;
  }
  for (std::size_t h = 0; h < horizon; ++h) {
    const auto& narrow = forecast.intervals[0];
    const auto& wide = forecast.intervals[1];
    for (const double v : {forecast.mean[h], wide.lower[h], wide.upper[h]})
      ASSERT_TRUE(std::isfinite(v)) << what << " step " << h + 1;
    ASSERT_LE(wide.lower[h], narrow.lower[h]) << what << " step " << h + 1;
    ASSERT_LE(narrow.lower[h], forecast.mean[h]) << what << " step " << h + 1;
    ASSERT_LE(forecast.mean[h], narrow.upper[h]) << what << " step " << h + 1;
    ASSERT_LE(narrow.upper[h], wide.upper[h]) << what << " step " << h + 1;
  }
}

TEST_P(ForecasterContract, KnowsItsName) {
  EXPECT_EQ(model->name(), GetParam());
}

TEST_P(ForecasterContract, GivesTheSameBitsForTheSameSeed) {
  const auto series = air_passengers();
  const auto first = forecast(series, 24);
  const auto second = forecast(series, 24);
  EXPECT_THAT(second.mean, ElementsAreArray(first.mean));
  EXPECT_THAT(second.intervals.at(1).lower, ElementsAreArray(first.intervals.at(1).lower));
  EXPECT_THAT(second.intervals.at(1).upper, ElementsAreArray(first.intervals.at(1).upper));
}

TEST_P(ForecasterContract, HasSoundBandsFromOneStepToAThousand) {
  const auto series = air_passengers();
  expect_sound(forecast(series, 1), 1, "one step");
  expect_sound(forecast(series, 1000), 1000, "a thousand steps");
}

TEST_P(ForecasterContract, StaysFiniteOnAwkwardSeries) {
  for (const auto& series : awkward_series())
    expect_sound(forecast(series, 30), 30, series.name);
}

TEST_P(ForecasterContract, FollowsTheUnitsOfTheData) {
  auto series = air_passengers();
  const auto plain = forecast(series, 6);
  for (double& v : series.y)
    v *= 1024.0;
  const auto scaled_up = forecast(series, 6);
  for (std::size_t h = 0; h < 6; ++h)
    EXPECT_NEAR(scaled_up.mean[h] / 1024.0, plain.mean[h], 1e-6 * plain.mean[h]);
}

TEST_P(ForecasterContract, NamesItsNeedWhenTheSeriesIsTooShort) {
  const auto whole = synthetic(60, 1);
  bool fits = false;
  for (std::size_t n = 0; n <= whole.y.size(); ++n) {
    SampleSeries series{.name = "short", .y = {whole.y.begin(), whole.y.begin() + n}};
    const auto fitted = model->fit(series.view(), {});
    if (fitted) {
      fits = true;
      expect_sound(forecast(series, 5), 5, "length " + std::to_string(n));
      continue;
    }
    EXPECT_FALSE(fits) << "takes fewer, but not " << n;
    EXPECT_EQ(fitted.error().code, Errc::invalid_argument);
    EXPECT_THAT(fitted.error().detail, HasSubstr("needs at least"));
    EXPECT_THAT(fitted.error().detail, HasSubstr("has " + std::to_string(n)));
  }
  EXPECT_TRUE(fits);
}

TEST_P(ForecasterContract, RefusesValuesThatAreNotNumbers) {
  auto series = air_passengers();
  series.y[17] = std::nan("");
  const auto fitted = model->fit(series.view(), {});
  ASSERT_FALSE(fitted);
  EXPECT_EQ(fitted.error().code, Errc::invalid_argument);
  EXPECT_EQ(fitted.error().row, 18);
}

TEST_P(ForecasterContract, RefusesUnknownHyperparameters) {
  const auto fitted =
      model->fit(air_passengers().view(), {.hyperparameters = R"({"no_such_setting": 1})"});
  ASSERT_FALSE(fitted);
  EXPECT_THAT(describe(fitted.error()), HasSubstr("no_such_setting"));
  EXPECT_EQ(category_of(fitted.error()), Category::config);
}

TEST_P(ForecasterContract, RefusesAHorizonOrLevelOutOfRange) {
  const auto series = air_passengers();
  const auto fitted = model->fit(series.view(), {});
  ASSERT_TRUE(fitted);
  EXPECT_FALSE((*fitted)->forecast({.horizon = 0}));
  constexpr std::array impossible{100.0};
  EXPECT_FALSE((*fitted)->forecast({.horizon = 1, .levels = impossible}));
}

TEST_P(ForecasterContract, StopsBeforeItStarts) {
  std::stop_source source;
  source.request_stop();
  const auto series = air_passengers();
  const auto fitted = model->fit(series.view(), {.stop = source.get_token()});
  ASSERT_FALSE(fitted);
  EXPECT_EQ(fitted.error().code, Errc::cancelled);
}

// Either the fit was over first, or it notices: what it must not do is work on for seconds.
TEST_P(ForecasterContract, NoticesAStopRequestOnAVeryLongSeries) {
  const auto series = synthetic(300'000, 12);
  std::stop_source source;
  std::chrono::steady_clock::time_point requested;
  std::jthread stopper([&] {
    requested = std::chrono::steady_clock::now();
    source.request_stop();
  });
  const auto fitted = model->fit(series.view(), {.stop = source.get_token()});
  stopper.join();
  if (fitted) return;
  EXPECT_EQ(fitted.error().code, Errc::cancelled);
  RecordProperty("stopped_after_ms",
                 static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(
                                      std::chrono::steady_clock::now() - requested)
                                      .count()));
}

INSTANTIATE_TEST_SUITE_P(Models, ForecasterContract,
                         testing::ValuesIn(model_names().begin(), model_names().end()),
                         [](const auto& model) {
                           std::string name;
                           for (const char c : model.param)
                             if (c != '_') name += c;
                           return name;
                         });

TEST(Registry, HasNoModelOfAnUnknownName) {
  EXPECT_EQ(make_model("oracle"), nullptr);
}

}  // namespace
}  // namespace trainyard::models

#include "tests/unit/models/sample_series.hpp"
#include "worker/models/registry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
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

// Demand is never negative.
std::vector<SampleSeries> awkward_series_for(const Model& model) {
  constexpr std::array<std::string_view, 3> of_demand{"croston", "sba", "tsb"};
  auto all = awkward_series();
  if (std::ranges::find(of_demand, model.name()) != of_demand.end())
    std::erase_if(all, [](const auto& series) { return std::ranges::min(series.y) < 0.0; });
  return all;
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
  for (const auto& series : awkward_series_for(*model))
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

// The others are over sooner.
TEST_P(ForecasterContract, NoticesAStopRequestOnAFarHorizonWhereThatTakesLong) {
  constexpr std::array<std::string_view, 4> slow{"lsgt", "prophet", "xgboost", "xgboost_global"};
  const auto fitted = model->fit(air_passengers().view(), {});
  ASSERT_TRUE(fitted);
  std::stop_source source;
  source.request_stop();
  const auto forecast =
      (*fitted)->forecast({.horizon = 10'000, .levels = levels, .stop = source.get_token()});
  EXPECT_EQ(!forecast, std::ranges::find(slow, GetParam()) != slow.end());
  if (!forecast) EXPECT_EQ(forecast.error().code, Errc::cancelled);
}

constexpr auto name_of_model = [](const auto& model) {
  std::string name;
  for (const char c : model.param)
    if (c != '_') name += c;
  return name;
};

INSTANTIATE_TEST_SUITE_P(Models, ForecasterContract,
                         testing::ValuesIn(model_names().begin(), model_names().end()),
                         name_of_model);

// What every model promises of fits that are stored.
class StoredFitContract : public ForecasterContract {
 protected:
  std::unique_ptr<FittedModel> fit(const SampleSeries& series) const {
    auto fitted = model->fit(series.view(), {.seed = 3});
    if (!fitted) ADD_FAILURE() << series.name << ": " << describe(fitted.error());
    return fitted ? std::move(*fitted) : nullptr;
  }
};

std::unique_ptr<FittedModel> reloaded(const FittedModel& fitted) {
  const auto text = fitted.save();
  if (!text) {
    ADD_FAILURE() << describe(text.error());
    return nullptr;
  }
  auto loaded = load_model(*text);
  if (!loaded) ADD_FAILURE() << describe(loaded.error());
  return loaded ? std::move(*loaded) : nullptr;
}

std::unique_ptr<FittedModel> updated(const FittedModel& fitted, const SampleSeries& next) {
  auto later = fitted.update(next.view());
  if (!later) ADD_FAILURE() << describe(later.error());
  return later ? std::move(*later) : nullptr;
}

// The observations from `first` on, at most `count` of them.
SampleSeries part(const SampleSeries& whole, std::size_t first, std::size_t count) {
  SampleSeries result = whole;
  result.first_period = whole.first_period + static_cast<int>(first);
  const auto begin = whole.y.begin() + static_cast<std::ptrdiff_t>(first);
  result.y.assign(begin,
                  begin + static_cast<std::ptrdiff_t>(std::min(count, whole.y.size() - first)));
  return result;
}

void expect_same_bits(const FittedModel& a, const FittedModel& b, const std::string& what) {
  const ForecastRequest request{.horizon = 30, .levels = levels};
  const auto first = a.forecast(request).value();
  const auto second = b.forecast(request).value();
  EXPECT_EQ(a.description(), b.description()) << what;
  EXPECT_THAT(second.mean, ElementsAreArray(first.mean)) << what;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    EXPECT_THAT(second.intervals[i].lower, ElementsAreArray(first.intervals[i].lower)) << what;
    EXPECT_THAT(second.intervals[i].upper, ElementsAreArray(first.intervals[i].upper)) << what;
  }
}

TEST_P(StoredFitContract, ForecastsTheSameBitsOnceReloaded) {
  auto all = awkward_series_for(*model);
  all.push_back(air_passengers());
  for (const auto& series : all) {
    const auto fitted = fit(series);
    ASSERT_TRUE(fitted) << series.name;
    const auto loaded = reloaded(*fitted);
    ASSERT_TRUE(loaded) << series.name;
    expect_same_bits(*fitted, *loaded, series.name);
    EXPECT_EQ(*loaded->save(), *fitted->save()) << series.name;
  }
}

TEST_P(StoredFitContract, RefusesAStateWithAFieldMissing) {
  const std::string text =
      R"({"trainyard_model": 1, "state": {}, "model": ")" + std::string(GetParam()) + R"("})";
  const auto loaded = load_model(text);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, Errc::invalid_argument);
}

TEST_P(StoredFitContract, ForecastsTheSameAfterOneUpdateOrSeveral) {
  const auto whole = air_passengers();
  const auto fitted = fit(part(whole, 0, 100));
  ASSERT_TRUE(fitted);
  const auto at_once = updated(*fitted, part(whole, 100, 17));
  auto step_by_step = updated(*fitted, part(whole, 100, 1));
  for (const std::size_t first : {101u, 108u, 116u}) {
    const std::size_t next = first == 101 ? 108 : first == 108 ? 116 : 117;
    step_by_step = updated(*step_by_step, part(whole, first, next - first));
  }
  const ForecastRequest request{.horizon = 30, .levels = levels};
  const auto one = at_once->forecast(request).value();
  const auto several = step_by_step->forecast(request).value();
  for (std::size_t h = 0; h < one.mean.size(); ++h) {
    EXPECT_NEAR(several.mean[h], one.mean[h], 1e-9 * one.mean[h]) << "step " << h + 1;
    EXPECT_NEAR(several.intervals[1].upper[h], one.intervals[1].upper[h], 1e-9 * one.mean[h]);
  }
}

TEST_P(StoredFitContract, UpdatesToTheSameBitsOnceReloaded) {
  const auto whole = air_passengers();
  const auto fitted = fit(part(whole, 0, 100));
  ASSERT_TRUE(fitted);
  const auto next = part(whole, 100, 17);
  expect_same_bits(*updated(*fitted, next), *updated(*reloaded(*fitted), next), "updated");
}

TEST_P(StoredFitContract, RefusesAnUpdateThatIsNotANumber) {
  const auto whole = air_passengers();
  const auto fitted = fit(part(whole, 0, 100));
  ASSERT_TRUE(fitted);
  auto next = part(whole, 100, 10);
  next.y[3] = std::nan("");
  const auto later = fitted->update(next.view());
  ASSERT_FALSE(later);
  EXPECT_EQ(later.error().code, Errc::invalid_argument);
  EXPECT_EQ(later.error().row, 4);
}

TEST_P(StoredFitContract, ExpectedEachObservationInUnitsOfTheData) {
  auto all = awkward_series_for(*model);
  all.push_back(air_passengers());
  for (const auto& series : all) {
    const auto fitted = fit(series);
    ASSERT_TRUE(fitted) << series.name;
    const auto [first, values] = fitted->in_sample();
    EXPECT_EQ(first + values.size(), series.y.size()) << series.name;
    for (const double value : values)
      ASSERT_TRUE(std::isfinite(value)) << series.name;
  }
  const auto whole = air_passengers();
  const auto [first, values] = fit(whole)->in_sample();
  ASSERT_LE(first, 24u);
  double error = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i)
    error += std::abs(whole.y[first + i] - values[i]) / whole.y[first + i];
  EXPECT_LT(error / static_cast<double>(values.size()), 0.2);
}

TEST_P(StoredFitContract, HasComponentsThatMakeUpTheData) {
  for (const auto& series : {air_passengers(), synthetic(90, 4), synthetic(40, 1)}) {
    const auto parts = fit(series)->components();
    if (parts.empty()) continue;
    EXPECT_EQ(parts.back().name, "remainder");
    for (const auto& component : parts)
      ASSERT_EQ(component.values.size(), series.y.size()) << component.name;
    for (std::size_t t = 0; t < series.y.size(); ++t) {
      double sum = 0.0;
      double factor = 1.0;
      for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
        if (parts[i].effect == Effect::additive) sum += parts[i].values[t];
        if (parts[i].effect == Effect::multiplicative) factor *= parts[i].values[t];
      }
      EXPECT_NEAR(sum * factor + parts.back().values[t], series.y[t], 1e-9 * series.y[t])
          << "observation " << t + 1;
    }
  }
}

// Before the first expectation there is nothing that a remainder could be left of.
TEST_P(StoredFitContract, HasNoRemainderBeforeItsFirstExpectation) {
  for (const auto& series : {air_passengers(), synthetic(90, 4), synthetic(40, 1)}) {
    const auto fitted = fit(series);
    const auto parts = fitted->components();
    for (std::size_t t = 0; !parts.empty() && t < fitted->in_sample().first; ++t)
      EXPECT_NEAR(parts.back().values[t], 0.0, 1e-9 * series.y[t]) << "observation " << t + 1;
  }
}

INSTANTIATE_TEST_SUITE_P(Models, StoredFitContract,
                         testing::ValuesIn(model_names().begin(), model_names().end()),
                         name_of_model);

TEST(Registry, HasNoModelOfAnUnknownName) {
  EXPECT_EQ(make_model("oracle"), nullptr);
}

}  // namespace
}  // namespace trainyard::models

#include "tests/unit/models/sample_series.hpp"
#include "worker/models/ets/ets_pattern.hpp"
#include "worker/models/ets/ets_recursion.hpp"
#include "worker/models/ets/ets_select.hpp"
#include "worker/models/ets/ets_simulation.hpp"
#include "worker/models/registry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <tuple>

namespace trainyard::models {
namespace {

using testing::HasSubstr;

std::vector<EtsForm> forms_of(const SampleSeries& series) {
  return admissible_forms({.season_length = series.season_length,
                           .positive = std::ranges::min(series.y) > 0.0,
                           .seasonal = true});
}

Result<std::unique_ptr<FittedModel>> fit(const SampleSeries& series, std::string_view settings) {
  return make_model("ets")->fit(series.view(), {.hyperparameters = settings});
}

// Empty when it is fitted after all.
std::string refusal(const SampleSeries& series, std::string_view settings) {
  const auto fitted = fit(series, settings);
  return fitted ? "" : describe(fitted.error());
}

TEST(Ets, KeepsSmoothingParametersInTheUsualRegion) {
  for (const auto& series : awkward_series()) {
    if (std::abs(series.y.front()) > 1e100) continue;
    const auto chosen = select_form({.y = series.y, .season_length = 12}, forms_of(series));
    if (!std::isfinite(chosen.aicc)) continue;
    const auto& p = chosen.smoothing;
    EXPECT_TRUE(p.alpha > 0.0 && p.alpha < 1.0) << series.name;
    EXPECT_LE(p.beta, p.alpha) << series.name;
    EXPECT_LE(p.gamma, 1.0 - p.alpha + 1e-12) << series.name;
  }
}

TEST(Ets, ExpectsAfterEachUpdateWhatItSaysItExpected) {
  const auto whole = air_passengers();
  SampleSeries start = whole;
  start.y.resize(100);
  for (const auto settings : {R"({})", R"({"form": "MMdM", "restrict": false})"}) {
    auto fitted = fit(start, settings).value();
    std::vector<double> expected;
    for (std::size_t t = 100; t < whole.y.size(); ++t) {
      expected.push_back(fitted->forecast({.horizon = 1}).value().mean[0]);
      const SampleSeries next{.y = {whole.y[t]}, .season_length = 12};
      fitted = fitted->update(next.view()).value();
    }
    const auto said = fitted->in_sample().values;
    ASSERT_EQ(said.size(), whole.y.size());
    for (std::size_t t = 100; t < whole.y.size(); ++t)
      EXPECT_NEAR(said[t], expected[t - 100], 1e-9 * expected[t - 100]) << t;
  }
}

TEST(Ets, FitsTheFormThatIsAskedFor) {
  const auto series = air_passengers();
  for (const EtsForm& form : all_forms()) {
    const auto settings = R"({"restrict": false, "damped": )" +
                          std::string(form.is_damped() ? "true" : "false") + R"(, "form": ")" +
                          short_name(form) + R"("})";
    const auto fitted = fit(
        series, form.has_trend() ? settings
                                 : R"({"restrict": false, "form": ")" + short_name(form) + R"("})");
    ASSERT_TRUE(fitted) << describe(fitted.error());
    EXPECT_EQ((*fitted)->description(), to_string(form));
    const auto forecast = (*fitted)->forecast({.horizon = 12}).value();
    for (const double value : forecast.mean)
      EXPECT_TRUE(value > 100.0 && value < 1500.0) << to_string(form) << " " << value;
  }
}

TEST(Ets, GivesFiniteOrderedForecastsOrARefusalForEveryFormOnAnySeries) {
  constexpr std::array levels{80.0, 95.0};
  auto all = awkward_series();
  for (const std::size_t n : {2u, 5u, 8u, 13u, 20u})
    all.push_back(synthetic(n, 4));
  all.push_back(synthetic(20, 1'000'000));
  for (const auto& series : all)
    for (const EtsForm& form : all_forms()) {
      const auto fitted =
          fit(series, R"({"restrict": false, "form": ")" + short_name(form) + R"("})");
      if (!fitted) {
        EXPECT_EQ(fitted.error().code, Errc::invalid_argument);
        continue;
      }
      const auto forecast = (*fitted)->forecast({.horizon = 15, .levels = levels}).value();
      for (std::size_t h = 0; h < 15; ++h) {
        const auto& [narrow, wide] = std::tie(forecast.intervals[0], forecast.intervals[1]);
        for (const double v : {wide.lower[h], forecast.mean[h], wide.upper[h]})
          ASSERT_TRUE(std::isfinite(v)) << series.name << " " << to_string(form);
        ASSERT_LE(wide.lower[h], narrow.lower[h]) << series.name << " " << to_string(form);
        ASSERT_LE(narrow.lower[h], forecast.mean[h]) << series.name << " " << to_string(form);
        ASSERT_LE(forecast.mean[h], narrow.upper[h]) << series.name << " " << to_string(form);
        ASSERT_LE(narrow.upper[h], wide.upper[h]) << series.name << " " << to_string(form);
      }
    }
}

TEST(Ets, ChoosesAmongTheLettersLeftOpen) {
  const auto series = air_passengers();
  EXPECT_THAT(fit(series, R"({"form": "ZZA"})").value()->description(), HasSubstr(",A)"));
  EXPECT_THAT(fit(series, R"({"form": "AZZ"})").value()->description(), HasSubstr("ETS(A,"));
  EXPECT_THAT(fit(series, R"({"damped": true})").value()->description(), HasSubstr("d,"));
}

TEST(Ets, RefusesFormsThatTheSeriesOrTheSettingsRuleOut) {
  const auto series = air_passengers();
  SampleSeries zeros = series;
  zeros.y[3] = 0.0;
  SampleSeries yearly = series;
  yearly.season_length = 1;
  SampleSeries few = series;
  few.y.resize(7);
  few.season_length = 1;
  EXPECT_THAT(refusal(zeros, R"({"form": "MNN"})"), HasSubstr("positive"));
  EXPECT_THAT(refusal(yearly, R"({"form": "ANA"})"), HasSubstr("season"));
  EXPECT_THAT(refusal(series, R"({"form": "AMN"})"), HasSubstr("restrict"));
  EXPECT_THAT(refusal(few, R"({"form": "AAdN", "damped": true})"), HasSubstr("needs at least"));
  for (const auto wrong : {"MAd", "XNN", "MNdN", "AAAA", ""})
    EXPECT_FALSE(fit(series, R"({"form": ")" + std::string(wrong) + R"("})")) << wrong;
  EXPECT_FALSE(fit(series, R"({"form": "MAdM", "damped": false})"));
  EXPECT_FALSE(fit(series, R"({"form": 3})"));
}

TEST(EtsForms, LeaveOutMultiplicativeOnesWhenAValueIsNotPositive) {
  for (const EtsForm& form : admissible_forms({.season_length = 12, .positive = false}))
    EXPECT_FALSE(form.needs_positive()) << to_string(form);
}

TEST(EtsForms, AreFifteenOnAPositiveSeasonalSeriesAndMoreWhenAskedFor) {
  const EtsScope scope{.season_length = 12, .positive = true};
  EXPECT_EQ(admissible_forms(scope).size(), 15u);
  EXPECT_EQ(admissible_forms(scope, {.open_trend = EtsPattern::OpenTrend::any}).size(), 19u);
  EXPECT_EQ(admissible_forms(scope, {.open_trend = EtsPattern::OpenTrend::any,
                                     .combinations = EtsPattern::Combinations::all})
                .size(),
            30u);
}

TEST(EtsForms, AreReadBackFromTheirNames) {
  for (const EtsForm& form : all_forms())
    EXPECT_EQ(parse_form(short_name(form)), form);
  EXPECT_FALSE(parse_form("MAX"));
}

TEST(EtsRecursion, HasTheGradientOfFiniteDifferences) {
  const auto series = air_passengers();
  for (const EtsForm& form : all_forms()) {
    const EtsLayout layout(form, 12);
    EtsState state{.level = 120.0};
    if (form.has_trend()) state.growth = multiplies(form.trend) ? 1.02 : 2.0;
    for (int i = 0; form.has_season() && i < 12; ++i)
      state.season.push_back(form.season == EtsSeason::additive ? i - 5.5 : 1.0 + (i - 5.5) / 50.0);
    auto x = layout.pack({.alpha = 0.4, .beta = 0.02, .gamma = 0.1, .phi = 0.9}, state);
    EtsRecursion recursion(series.y, layout, {});
    EtsCurvature curvature;
    EXPECT_DOUBLE_EQ(recursion.differentiate(x, curvature), recursion.evaluate(x));
    for (int i = 0; i < layout.size(); ++i) {
      const double at = x[i];
      const double step = 1e-6 * std::max(1.0, std::abs(at));
      x[i] = at + step;
      const double above = recursion.evaluate(x);
      x[i] = at - step;
      const double below = recursion.evaluate(x);
      x[i] = at;
      const double slope = (above - below) / (2.0 * step);
      EXPECT_NEAR(2.0 * curvature.gradient[i], slope, 1e-4 * std::abs(slope) + 1e-3)
          << to_string(form) << " parameter " << i;
    }
  }
}

TEST(EtsSimulation, HasTheSpreadOfTheExactFormulaWhereThereIsOne) {
  const EtsFit walk{
      .form = {}, .smoothing = {.alpha = 0.6}, .final = {.level = 1.0}, .variance = 0.01};
  constexpr std::array levels{95.0};
  const ForecastRequest request{.horizon = 10, .levels = levels};
  const auto first = *simulated_forecast(walk, 1.0, request);
  for (int h = 0; h < 10; ++h) {
    const double width = 1.96 * 0.1 * std::sqrt(1.0 + h * 0.36);
    EXPECT_NEAR(first.intervals[0].lower[h], 1.0 - width, 0.1 * width) << h;
    EXPECT_NEAR(first.intervals[0].upper[h], 1.0 + width, 0.1 * width) << h;
  }
  EXPECT_EQ(simulated_forecast(walk, 1.0, request)->intervals[0].upper, first.intervals[0].upper);
}

}  // namespace
}  // namespace trainyard::models

#include "tests/unit/models/sample_series.hpp"
#include "worker/models/ets/ets_moments.hpp"
#include "worker/models/ets/ets_recursion.hpp"
#include "worker/models/ets/ets_select.hpp"
#include "worker/models/registry.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>
#include <sstream>
#include <string>

namespace trainyard::models {
namespace {

// One line of tests/golden/ets_air_passengers.csv, which R's forecast package made (script beside
// it).
struct Golden {
  EtsForm form;
  EtsPoint point;
  double log_likelihood = 0.0;
  double aicc = 0.0;
  double variance = 0.0;
  std::vector<double> mean;
  std::vector<double> lower;
};

std::vector<double> numbers(const std::string& text) {
  std::istringstream in(text);
  return {std::istream_iterator<double>(in), {}};
}

Golden parse(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> cells;
  for (std::string cell; std::getline(in, cell, ',');)
    cells.push_back(cell);
  const auto value = [&](std::size_t i) { return std::stod(cells.at(i)); };
  Golden golden;
  golden.form.error = cells[0] == "A" ? EtsError::additive : EtsError::multiplicative;
  golden.form.trend = cells[1] == "N"   ? EtsTrend::none
                      : cells[1] == "A" ? EtsTrend::additive
                                        : EtsTrend::damped;
  golden.form.season = cells[2] == "N"   ? EtsSeason::none
                       : cells[2] == "A" ? EtsSeason::additive
                                         : EtsSeason::multiplicative;
  golden.point.smoothing = {
      .alpha = value(3), .beta = value(4), .gamma = value(5), .phi = value(6)};
  golden.point.initial = {.level = value(7), .growth = value(8), .season = numbers(cells[9])};
  golden.log_likelihood = value(10);
  golden.aicc = value(11);
  golden.variance = value(12);
  golden.mean = numbers(cells[13]);
  golden.lower = numbers(cells[14]);
  return golden;
}

std::vector<Golden> golden_forms() {
  std::ifstream file(TRAINYARD_SOURCE_DIR "/tests/golden/ets_air_passengers.csv");
  std::vector<Golden> all;
  std::string line;
  std::getline(file, line);  // where the values come from
  std::getline(file, line);  // names of the columns
  while (std::getline(file, line))
    all.push_back(parse(line));
  return all;
}

TEST(Ets, HasTheLikelihoodOfTheReferenceAtItsParameters) {
  const auto series = air_passengers();
  const EtsTask task{.y = series.y, .season_length = 12};
  const auto all = golden_forms();
  ASSERT_EQ(all.size(), 15u);
  for (const auto& golden : all) {
    const auto fit = evaluate_form(task, golden.form, golden.point);
    EXPECT_NEAR(fit.log_likelihood, golden.log_likelihood, 1e-6 * std::abs(golden.log_likelihood))
        << to_string(golden.form);
    EXPECT_NEAR(fit.aicc, golden.aicc, 1e-6 * golden.aicc) << to_string(golden.form);
    EXPECT_NEAR(fit.variance, golden.variance, 1e-6 * golden.variance) << to_string(golden.form);
  }
}

TEST(Ets, ForecastsAsTheReferenceFromItsParameters) {
  constexpr std::array steps{1, 12, 13, 24};
  const auto series = air_passengers();
  const EtsTask task{.y = series.y, .season_length = 12};
  for (const auto& golden : golden_forms()) {
    // R's formulas for class 3 leave φ out of the first step, so they contradict its own recursion.
    if (golden.form.season == EtsSeason::multiplicative && golden.form.is_damped()) continue;
    const auto fit = evaluate_form(task, golden.form, golden.point);
    const auto moments = ets_moments(fit, 24);
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const int h = steps[i] - 1;
      EXPECT_NEAR(moments.mean[h], golden.mean[i], 1e-6 * golden.mean[i])
          << to_string(golden.form) << " step " << steps[i];
      EXPECT_NEAR(moments.mean[h] - band_width(95.0) * moments.sd[h], golden.lower[i],
                  1e-5 * golden.mean[i])
          << to_string(golden.form) << " step " << steps[i];
    }
  }
}

TEST(Ets, FindsAtLeastTheReferencesLikelihoodForEveryForm) {
  const auto series = air_passengers();
  const EtsTask task{.y = series.y, .season_length = 12};
  for (const auto& golden : golden_forms())
    EXPECT_LE(fit_form(task, golden.form).aicc, golden.aicc + 0.1) << to_string(golden.form);
}

TEST(Ets, ChoosesAFormAtLeastAsGoodAsTheReferences) {
  const auto series = air_passengers();
  const auto best = select_form({.y = series.y, .season_length = 12});
  double least = std::numeric_limits<double>::infinity();
  for (const auto& golden : golden_forms())
    least = std::min(least, golden.aicc);
  EXPECT_LE(best.aicc, least + 0.1);
}

TEST(Ets, KeepsSmoothingParametersInTheUsualRegion) {
  for (const auto& series : awkward_series()) {
    if (std::abs(series.y.front()) > 1e100) continue;
    const auto fit = select_form({.y = series.y, .season_length = 12});
    if (!std::isfinite(fit.aicc)) continue;
    const auto& p = fit.smoothing;
    EXPECT_TRUE(p.alpha > 0.0 && p.alpha < 1.0) << series.name;
    EXPECT_LE(p.beta, p.alpha) << series.name;
    EXPECT_LE(p.gamma, 1.0 - p.alpha + 1e-12) << series.name;
  }
}

TEST(Ets, ExpectsAfterEachUpdateWhatItSaysItExpected) {
  const auto whole = air_passengers();
  SampleSeries start = whole;
  start.y.resize(100);
  auto fitted = make_model("ets")->fit(start.view(), {}).value();
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

TEST(EtsForms, LeaveOutMultiplicativeOnesWhenAValueIsNotPositive) {
  for (const EtsForm& form : admissible_forms({.season_length = 12, .positive = false})) {
    EXPECT_EQ(form.error, EtsError::additive) << to_string(form);
    EXPECT_NE(form.season, EtsSeason::multiplicative) << to_string(form);
  }
}

TEST(EtsForms, AreFifteenOnAPositiveSeasonalSeries) {
  EXPECT_EQ(admissible_forms({.season_length = 12, .positive = true}).size(), 15u);
}

TEST(EtsRecursion, HasTheGradientOfFiniteDifferences) {
  const auto series = air_passengers();
  for (const EtsForm& form : admissible_forms({.season_length = 12, .positive = true})) {
    const EtsLayout layout(form, 12);
    EtsState state{.level = 120.0, .growth = form.has_trend() ? 2.0 : 0.0};
    for (int i = 0; form.has_season() && i < 12; ++i)
      state.season.push_back(form.season == EtsSeason::additive ? i - 5.5 : 1.0 + (i - 5.5) / 50.0);
    auto x = layout.pack({.alpha = 0.4, .beta = 0.02, .gamma = 0.1, .phi = 0.9}, state);
    EtsRecursion recursion(series.y, layout, {});
    EtsCurvature curvature;
    recursion.differentiate(x, curvature);
    for (int i = 0; i < layout.size(); ++i) {
      const double at = x[i];
      const double step = 1e-6 * std::max(1.0, std::abs(at));
      x[i] = at + step;
      const double above = recursion.evaluate(x).value;
      x[i] = at - step;
      const double below = recursion.evaluate(x).value;
      x[i] = at;
      const double slope = (above - below) / (2.0 * step);
      EXPECT_NEAR(2.0 * curvature.gradient[i], slope, 1e-4 * std::abs(slope) + 1e-3)
          << to_string(form) << " parameter " << i;
    }
  }
}

}  // namespace
}  // namespace trainyard::models

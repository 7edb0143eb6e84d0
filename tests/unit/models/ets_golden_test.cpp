#include "worker/models/ets/ets_moments.hpp"
#include "worker/models/ets/ets_pattern.hpp"
#include "worker/models/ets/ets_select.hpp"
#include "worker/models/ets/ets_simulation.hpp"
#include "worker/models/numeric/normal_bands.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>
#include <sstream>
#include <string>

// Against what R's forecast package finds: tests/golden/ets.csv, made by the script beside it.

namespace trainyard::models {
namespace {

struct Golden {
  std::string series;
  EtsForm form;
  EtsPoint point;
  double log_likelihood = 0.0;
  double aicc = 0.0;
  double variance = 0.0;
  std::vector<double> mean;
  std::vector<double> lower;

  std::string name() const { return series + " " + to_string(form); }
};

struct GoldenSeries {
  std::vector<double> y;
  int season_length = 1;
  EtsTask task() const { return {.y = y, .season_length = season_length}; }
};

std::vector<double> numbers(const std::string& text) {
  std::istringstream in(text);
  return {std::istream_iterator<double>(in), {}};
}

std::vector<std::vector<std::string>> rows(const std::string& name, int header_lines) {
  std::ifstream file(TRAINYARD_SOURCE_DIR "/tests/golden/" + name);
  std::vector<std::vector<std::string>> all;
  std::string line;
  while (std::getline(file, line)) {
    if (header_lines-- > 0) continue;
    std::istringstream in(line);
    auto& cells = all.emplace_back();
    for (std::string cell; std::getline(in, cell, ',');)
      cells.push_back(cell);
  }
  return all;
}

std::map<std::string, GoldenSeries> golden_series() {
  std::map<std::string, GoldenSeries> all;
  for (const auto& cells : rows("ets_series.csv", 1))
    all[cells.at(0)] = {.y = numbers(cells.at(2)), .season_length = std::stoi(cells.at(1))};
  return all;
}

std::vector<Golden> golden_forms() {
  std::vector<Golden> all;
  for (const auto& cells : rows("ets.csv", 2)) {
    const auto value = [&](std::size_t i) { return std::stod(cells.at(i)); };
    all.push_back({.series = cells.at(0),
                   .form = parse_form(cells.at(1)).value(),
                   .point = {.smoothing = {.alpha = value(2),
                                           .beta = value(3),
                                           .gamma = value(4),
                                           .phi = value(5)},
                             .initial = {.level = value(6),
                                         .growth = value(7),
                                         .season = numbers(cells.at(8))}},
                   .log_likelihood = value(9),
                   .aicc = value(10),
                   .variance = value(11),
                   .mean = numbers(cells.at(12)),
                   .lower = numbers(cells.at(13))});
  }
  return all;
}

TEST(EtsGolden, CoversEveryForm) {
  const auto golden = golden_forms();
  for (const EtsForm& form : all_forms())
    EXPECT_NE(std::ranges::find(golden, form, &Golden::form), golden.end()) << to_string(form);
  EXPECT_EQ(all_forms().size(), 30u);
}

TEST(EtsGolden, HasTheLikelihoodOfTheReferenceAtItsParameters) {
  const auto series = golden_series();
  for (const auto& golden : golden_forms()) {
    const auto fit = evaluate_form(series.at(golden.series).task(), golden.form, golden.point);
    EXPECT_NEAR(fit.log_likelihood, golden.log_likelihood, 1e-6 * std::abs(golden.log_likelihood))
        << golden.name();
    EXPECT_NEAR(fit.aicc, golden.aicc, 1e-6 * golden.aicc) << golden.name();
    EXPECT_NEAR(fit.variance, golden.variance, 1e-6 * golden.variance) << golden.name();
  }
}

constexpr std::array steps{1, 12, 13, 24};

TEST(EtsGolden, ForecastsAsTheReferenceFromItsParameters) {
  const auto series = golden_series();
  for (const auto& golden : golden_forms()) {
    const auto& form = golden.form;
    if (!has_exact_moments(form)) continue;
    // R's formulas for class 3 leave φ out of the first step, so they contradict its own recursion.
    if (form.season == EtsSeason::multiplicative && form.is_damped()) continue;
    const auto fit = evaluate_form(series.at(golden.series).task(), form, golden.point);
    const auto moments = ets_moments(fit, 24);
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const int h = steps[i] - 1;
      EXPECT_NEAR(moments.mean[h], golden.mean[i], 1e-6 * golden.mean[i])
          << golden.name() << " step " << steps[i];
      // R counts what a season learns one step early: it shows at whole seasons alone.
      if (form.season == EtsSeason::additive && steps[i] % 12 == 0) continue;
      EXPECT_NEAR(moments.mean[h] - band_width(95.0) * moments.sd[h], golden.lower[i],
                  1e-5 * golden.mean[i])
          << golden.name() << " step " << steps[i];
    }
  }
}

// Both sides have the same mean, and a lower bound from random futures of their own. R counts what
// is left of a future that its form ended in, which moves the bounds of explosive forms.
TEST(EtsGolden, SimulatesAsTheReferenceFromItsParameters) {
  constexpr std::array levels{95.0};
  const auto series = golden_series();
  for (const auto& golden : golden_forms()) {
    if (has_exact_moments(golden.form)) continue;
    const auto fit = evaluate_form(series.at(golden.series).task(), golden.form, golden.point);
    const auto forecast = *simulated_forecast(fit, 1.0, {.horizon = 24, .levels = levels});
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const int h = steps[i] - 1;
      EXPECT_NEAR(forecast.mean[h], golden.mean[i], 1e-6 * golden.mean[i])
          << golden.name() << " step " << steps[i];
      EXPECT_NEAR(forecast.intervals[0].lower[h], golden.lower[i],
                  0.3 * std::abs(golden.mean[i] - golden.lower[i]))
          << golden.name() << " step " << steps[i];
    }
  }
}

TEST(EtsGolden, FindsAtLeastTheReferencesLikelihoodForEveryForm) {
  const auto series = golden_series();
  for (const auto& golden : golden_forms())
    EXPECT_LE(fit_form(series.at(golden.series).task(), golden.form).aicc, golden.aicc + 0.1)
        << golden.name();
}

TEST(EtsGolden, ChoosesAFormAtLeastAsGoodAsTheReferences) {
  const auto golden = golden_forms();
  for (const auto& [name, series] : golden_series()) {
    const EtsScope scope{.season_length = series.season_length,
                         .positive = true,
                         .seasonal = series.season_length > 1};
    const auto forms = admissible_forms(scope);
    double least = std::numeric_limits<double>::infinity();
    for (const auto& one : golden)
      if (one.series == name && std::ranges::find(forms, one.form) != forms.end())
        least = std::min(least, one.aicc);
    EXPECT_LE(select_form(series.task(), forms).aicc, least + 0.1) << name;
  }
}

}  // namespace
}  // namespace trainyard::models

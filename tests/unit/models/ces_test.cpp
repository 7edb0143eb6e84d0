#include "tests/unit/models/sample_series.hpp"
#include "worker/models/ces/ces_backcast.hpp"
#include "worker/models/ces/ces_fit.hpp"
#include "worker/models/ces/ces_start.hpp"
#include "worker/models/registry.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>

namespace trainyard::models {
namespace {

// One line of tests/golden/ces_air_passengers.csv, which statsforecast made (script beside it).
struct Golden {
  std::string name;
  CesForm form = CesForm::none;
  CesParameters<double> parameters{};
  double squares = 0.0;
  std::vector<double> mean;
};

std::vector<Golden> golden_forms() {
  std::ifstream file(TRAINYARD_SOURCE_DIR "/tests/golden/ces_air_passengers.csv");
  std::vector<Golden> all;
  std::string line;
  std::getline(file, line);  // where the values come from
  std::getline(file, line);  // names of the columns
  while (std::getline(file, line)) {
    std::ranges::replace(line, ',', ' ');
    std::istringstream cells(line);
    Golden golden;
    auto& [alpha0, alpha1, beta0, beta1] = golden.parameters;
    cells >> golden.name >> alpha0 >> alpha1 >> beta0 >> beta1 >> golden.squares;
    golden.form = static_cast<CesForm>(std::ranges::find(ces_form_names, golden.name) -
                                       ces_form_names.begin());
    for (double value = 0.0; cells >> value;)
      golden.mean.push_back(value);
    all.push_back(std::move(golden));
  }
  return all;
}

TEST(Ces, FollowsTheReferenceFromItsParameters) {
  const auto series = air_passengers();
  const auto all = golden_forms();
  ASSERT_EQ(all.size(), 4u);
  for (const auto& golden : all) {
    auto state = ces_start(series.y, golden.form, 12);
    const CesGains gains(golden.parameters);
    ces_backcast(series.y, state, gains);
    double squares = 0.0;
    ces_forward(series.y, state, gains, [&](double error) { squares += error * error; });
    EXPECT_NEAR(squares, golden.squares, 1e-9 * golden.squares) << golden.name;
    ASSERT_EQ(golden.mean.size(), 24u);
    for (std::size_t h = 0; h < 24; ++h) {
      EXPECT_NEAR(state.expected(h % state.slots()), golden.mean[h], 1e-8 * golden.mean[h])
          << golden.name << " step " << h + 1;
      state.absorb(gains, 0.0, h % state.slots());
    }
  }
}

// The reference allows parameters that never forget how they began, and backcasts only once; F has
// several minima.
TEST(Ces, FitsAboutAsCloselyAsTheReference) {
  const auto series = air_passengers();
  for (const auto& golden : golden_forms()) {
    const auto fit = fit_ces({.y = series.y, .season_length = 12}, golden.form);
    EXPECT_LT(fit.squares, (golden.form == CesForm::full ? 1.3 : 1.02) * golden.squares)
        << golden.name;
  }
}

TEST(Ces, ChoosesTheFormOfLeastCriterion) {
  const auto series = air_passengers();
  const CesTask task{.y = series.y, .season_length = 12};
  const auto chosen = select_ces(task);
  for (const auto form : {CesForm::none, CesForm::simple, CesForm::partial, CesForm::full})
    EXPECT_LE(chosen.aicc, fit_ces(task, form).aicc);
  EXPECT_NE(chosen.form, CesForm::none);
}

TEST(Ces, TakesTheFormThatIsAskedFor) {
  const auto series = air_passengers();
  for (const auto name : ces_form_names) {
    const auto hyperparameters = R"({"form": ")" + std::string(name) + R"("})";
    const auto fitted = make_model("ces")->fit(series.view(), {.hyperparameters = hyperparameters});
    ASSERT_TRUE(fitted) << describe(fitted.error());
    EXPECT_EQ((*fitted)->description(), "CES(" + std::string(name) + ")");
    const auto loaded = load_model(*(*fitted)->save());
    ASSERT_TRUE(loaded) << describe(loaded.error());
    EXPECT_EQ((*loaded)->forecast({.horizon = 30})->mean,
              (*fitted)->forecast({.horizon = 30})->mean);
  }
}

TEST(Ces, GoesWithoutASeasonWhenThereAreNotTwo) {
  const auto series = synthetic(23, 12);
  const auto fitted =
      make_model("ces")->fit(series.view(), {.hyperparameters = R"({"form": "F"})"});
  EXPECT_EQ((*fitted)->description(), "CES(N)");
}

TEST(Ces, HasBandsThatWidenByItsResponseToAnError) {
  auto series = air_passengers();
  series.season_length = 1;
  const auto fit = fit_ces({.y = series.y}, CesForm::none);
  const auto fitted = make_model("ces")->fit(series.view(), {});
  constexpr std::array levels{95.0};
  const auto forecast = (*fitted)->forecast({.horizon = 2, .levels = levels});
  const auto width = [&](std::size_t h) {
    return forecast->intervals[0].upper[h] - forecast->mean[h];
  };
  const double response = fit.parameters.alpha0 - fit.parameters.alpha1;
  EXPECT_NEAR(width(1) / width(0), std::sqrt(1.0 + response * response), 1e-6);
}

TEST(Ces, RefusesASavedStateWhosePartsDoNotFit) {
  const auto fitted = make_model("ces")->fit(air_passengers().view(), {});
  auto text = *(*fitted)->save();
  const std::string key = R"("next":)";
  text.insert(text.find(key) + key.size(), "99");
  const auto loaded = load_model(text);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().field, "next");
}

}  // namespace
}  // namespace trainyard::models

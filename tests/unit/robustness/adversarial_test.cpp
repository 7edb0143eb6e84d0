#include "tests/support/robustness/adversarial_series.hpp"
#include "tests/support/robustness/forecast_trial.hpp"
#include "tests/support/robustness/model_trial.hpp"
#include "worker/models/registry.hpp"

#include <gtest/gtest.h>

// `make adversarial` tries as many more as are asked for.

namespace trainyard::robustness {
namespace {

constexpr std::uint64_t series_count = 1000;

class AdversarialSeriesTest : public testing::TestWithParam<std::string_view> {};

TEST_P(AdversarialSeriesTest, BreakNoPromiseOfTheModel) {
  for (std::uint64_t index = 0; index < series_count; ++index) {
    auto series = adversarial_series(index);
    series.model.model = GetParam();
    const auto outcome = try_model(series.model);
    EXPECT_TRUE(outcome) << series.name << ": " << describe(outcome.error());
  }
}

INSTANTIATE_TEST_SUITE_P(Models, AdversarialSeriesTest,
                         testing::ValuesIn(models::model_names().begin(),
                                           models::model_names().end()),
                         [](const auto& model) {
                           std::string name;
                           for (const char c : model.param)
                             if (c != '_') name += c;
                           return name;
                         });

// Of auto, which backtests and samples, fewer.
TEST(AdversarialRows, BreakNoPromiseOfPreparationAndAuto) {
  for (std::uint64_t index = 0; index < series_count / 4; ++index) {
    const auto series = adversarial_series(index);
    const auto outcome = try_forecast(series.forecast);
    EXPECT_TRUE(outcome) << series.name << ": " << describe(outcome.error());
  }
}

}  // namespace
}  // namespace trainyard::robustness

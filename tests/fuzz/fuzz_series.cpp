// Turns bytes into a model, its settings and a series, and holds it to what model.hpp and
// worker/forecast promise.
#include "tests/fuzz/byte_source.hpp"
#include "tests/fuzz/made_up_settings.hpp"
#include "tests/support/robustness/adversarial_series.hpp"
#include "tests/support/robustness/cpu_limit.hpp"
#include "worker/models/registry.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <limits>

namespace trainyard::fuzz {
namespace {

using robustness::ModelTrial;
using Values = std::vector<double>;

constexpr double cpu_max_s = 5.0;  // of a sanitized build

Values values(ByteSource& bytes, std::size_t length) {
  const auto kind = bytes.index(5);
  const double level = bytes.rough();
  Values y;
  for (std::size_t t = 0; t < length; ++t) {
    switch (kind) {
      case 0:
        y.push_back(bytes.any());
        break;
      case 1:
        y.push_back(bytes.rough());
        break;
      case 2:
        y.push_back(level + bytes.small());
        break;
      case 3:
        y.push_back(level * bytes.small());
        break;
      default:  // a season, off which bytes lead
        y.push_back(level + static_cast<double>(t % 7) + bytes.small() / 100.0);
        break;
    }
  }
  return y;
}

ModelTrial made_up_trial(std::string_view model, ByteSource& bytes) {
  constexpr std::array periods{
      domain::Period::year,         domain::Period::quarter, domain::Period::month,
      domain::Period::week,         domain::Period::day,     domain::Period::hour,
      domain::Period::business_day, domain::Period::minute,  domain::Period::second};
  constexpr std::array seasons{1, 2, 3, 4, 7, 12, 24, 52, 60, 1000};
  ModelTrial trial{
      .model = std::string(model),
      .hyperparameters = made_up_settings(model, bytes),
      .start = std::chrono::sys_days(std::chrono::days(365 * bytes.integer(-120, 120))),
      .frequency = {.period = periods[bytes.index(periods.size())],
                    .count = bytes.index(8) == 0 ? bytes.integer(1, 100) : 1},
      .season_length = seasons[bytes.index(seasons.size())],
      .horizon = bytes.integer(1, 40),
      .seed = bytes.byte()};
  if (bytes.index(4) == 0) trial.long_seasons.push_back(2 * trial.season_length);
  for (int i = bytes.integer(0, 3); i > 0; --i)
    trial.levels.push_back(100.0 - 99.0 / (4.0 - i));
  trial.later.resize(bytes.index(12));
  const std::size_t covariates = bytes.index(4) == 0 ? bytes.index(3) : 0;
  trial.y = values(bytes, bytes.index(model == "lsgt" ? 16 : 64));
  trial.later = values(bytes, trial.later.size());
  const auto length = trial.y.size() + trial.later.size() + static_cast<std::size_t>(trial.horizon);
  for (std::size_t i = 0; i < covariates; ++i)
    trial.covariates.push_back(values(bytes, length));
  return trial;
}

robustness::ForecastTrial rows_of(const ModelTrial& trial, ByteSource& bytes) {
  robustness::ForecastTrial result{.horizon = trial.horizon, .levels = trial.levels};
  if (bytes.index(2) == 0) result.frequency = trial.frequency;
  result.combination = static_cast<forecast::Combination>(bytes.index(4));
  result.rows.covariates.resize(trial.covariates.size());
  auto time = trial.start;
  for (std::size_t t = 0; t < trial.y.size(); ++t) {
    const int step = bytes.index(8) == 0 ? bytes.integer(-1, 3) : 1;
    time = domain::advance(time, trial.frequency, step);
    const double hole = std::numeric_limits<double>::quiet_NaN();
    result.rows.observations.push_back({.time = time,
                                        .value = bytes.index(8) == 7 ? hole : trial.y[t],
                                        .row = static_cast<std::int64_t>(t) + 2});
    for (std::size_t i = 0; i < trial.covariates.size(); ++i)
      result.rows.covariates[i].push_back(trial.covariates[i][t]);
  }
  return result;
}

void try_bytes(ByteSource bytes) {
  const auto names = models::model_names();
  const auto choice = bytes.index(names.size() + 1);
  const bool is_forecast = choice == names.size();
  const auto trial = made_up_trial(is_forecast ? "auto" : names[choice], bytes);
  const robustness::CpuLimit limit(cpu_max_s);
  const auto outcome = is_forecast ? try_forecast(rows_of(trial, bytes), limit.token())
                                   : try_model(trial, limit.token());
  if (outcome) return;
  fmt::print(stderr, "{} {} on {} values: {}\n", trial.model, trial.hyperparameters, trial.y.size(),
             outcome.error().detail);
  std::abort();
}

}  // namespace
}  // namespace trainyard::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  trainyard::fuzz::try_bytes(trainyard::fuzz::ByteSource({data, size}));
  return 0;
}

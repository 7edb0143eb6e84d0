#pragma once

#include "worker/models/model.hpp"

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

// One model on one series, through everything that the public surface of worker/models offers.

namespace trainyard::robustness {

struct ModelTrial {
  std::string model = "naive";
  std::string hyperparameters = {};  // JSON object, or empty
  std::vector<double> y;
  std::vector<double> later = {};  // what update() gets
  // y.size() + later.size() + horizon values each.
  std::vector<std::vector<double>> covariates = {};
  TimePoint start = {};
  domain::Frequency frequency = {.period = domain::Period::month};
  int season_length = 1;
  std::vector<int> long_seasons = {};
  int horizon = 1;
  std::vector<double> levels = {};  // ascending
  std::uint64_t seed = 42;
};

// Fits, forecasts, asks what was expected of the past, updates, saves, loads, and forecasts and
// updates again. Errc::internal with the promise of model.hpp that was broken; what exceptions say
// among them. Otherwise the model's refusal of the series, if it refused.
Result<std::optional<Error>> try_model(const ModelTrial& trial, const std::stop_token& stop = {});

// The part of it that a fit from anywhere has to keep: forecasts, updates and saves.
Result<void> try_fit(const models::FittedModel& fitted, const ModelTrial& trial);

// Whether a forecast keeps what model.hpp says of it: sizes, finite values, nested bands.
Result<void> check_forecast(const models::Forecast& forecast, int horizon,
                            std::span<const double> levels);

// Whether a refusal is one of bad input, and says what was expected or what to do.
Result<void> check_refusal(const Error& error);

}  // namespace trainyard::robustness

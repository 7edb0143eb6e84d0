#pragma once

#include "common/base/error.hpp"
#include "worker/models/model.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What a user may say about a Prophet model, with Prophet's names and defaults.

namespace trainyard::models {

enum class Growth { linear, logistic, flat };

// A Fourier sum of `fourier_order` sines and cosines.
struct ProphetSeasonality {
  std::string name;
  double period = 0.0;  // days
  int fourier_order = 1;
  double prior_scale = 10.0;
  Effect effect = Effect::additive;
};

// A day, and the days around it from lower_window (≤ 0) to upper_window (≥ 0), each of which has an
// effect of its own that is the same whenever the holiday occurs.
struct ProphetHoliday {
  std::string name;
  std::vector<std::chrono::sys_days> days;
  int lower_window = 0;
  int upper_window = 0;
  double prior_scale = 10.0;
};

// `automatic` leaves covariates of zeros and ones as they are.
enum class Standardise { automatic, always, never };

struct ProphetRegressor {
  double prior_scale = 10.0;
  Effect effect = Effect::additive;
  Standardise standardise = Standardise::automatic;
};

struct ProphetOptions {
  Growth growth = Growth::linear;
  std::optional<double> cap;    // with logistic growth, which needs it: the trend stays below
  std::optional<double> floor;  // with logistic growth: and above, 0 when not given

  std::optional<std::vector<TimePoint>> changepoints;  // in place of the automatic ones
  int n_changepoints = 25;
  double changepoint_range = 0.8;  // the part of the history that automatic changepoints are in
  double changepoint_prior_scale = 0.05;

  // Fourier order, 0 for none, nullopt where the length and spacing of the series decide.
  std::optional<int> yearly_seasonality;
  std::optional<int> weekly_seasonality;
  std::optional<int> daily_seasonality;
  double seasonality_prior_scale = 10.0;
  Effect seasonality_mode = Effect::additive;
  std::vector<ProphetSeasonality> seasonalities;

  std::vector<ProphetHoliday> holidays;
  double holidays_prior_scale = 10.0;
  Effect holidays_mode = Effect::additive;

  std::vector<ProphetRegressor> regressors;  // one per covariate, or empty for the defaults

  int uncertainty_samples = 1000;
};

// From the JSON object of FitContext::hyperparameters. Prophet's names; add_seasonality is the list
// `seasonalities`, add_regressor the list `regressors` in the order of the covariates, and holidays
// are [{"holiday", "ds": […], "lower_window", "upper_window", "prior_scale"}]. The interval width
// is the level of a forecast request. invalid_argument, category config, names what is wrong.
Result<ProphetOptions> read_prophet_options(std::string_view json);

}  // namespace trainyard::models

#pragma once

#include "common/base/error.hpp"
#include "common/base/time.hpp"
#include "common/domain/frequency.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

// The one interface of all forecasting models. Pure numerics: no I/O, no clock, no globals, and the
// same input with the same seed gives the same bits.

namespace trainyard::models {

// A regular series: y[i] is the value of period i, the first of which starts at `start`. Gaps and
// duplicates were dealt with before (worker/forecast), so every value is finite.
struct Series {
  std::span<const double> y;
  TimePoint start;
  domain::Frequency frequency;
  int season_length = 1;  // periods in a season, 1 = no season
  // Known influences, one span of y.size() values each; the order is the caller's and the same at
  // forecast time.
  std::vector<std::span<const double>> covariates = {};
};

struct FitContext {
  std::uint64_t seed = 42;
  std::stop_token stop;  // checked at least every 50 ms of work; then fit() fails with cancelled
  int threads = 1;
  std::string_view hyperparameters;  // JSON object for this model, or empty
};

// One band: the level in percent, and its bounds per step.
struct Interval {
  double level = 95.0;
  std::vector<double> lower;
  std::vector<double> upper;
};

// `horizon` values each; all finite, and lower <= mean <= upper.
struct Forecast {
  std::vector<double> mean;
  std::vector<Interval> intervals;  // in the order of the levels asked for
};

struct ForecastRequest {
  int horizon = 1;
  std::span<const double> levels;                        // percent, each in (0, 100)
  std::vector<std::span<const double>> covariates = {};  // future values, `horizon` each
};

class FittedModel {
 public:
  virtual ~FittedModel() = default;
  // invalid_argument when future covariates are missing that the fit had.
  virtual Result<Forecast> forecast(const ForecastRequest& request) const = 0;
  // What was chosen, in the field's notation: "ETS(M,Ad,M)". Stable for equal fits.
  virtual std::string description() const = 0;
};

class Model {
 public:
  virtual ~Model() = default;
  virtual std::string_view name() const = 0;
  // Errors, all of category data or config: too few observations for this model (invalid_argument,
  // with how many it needs), values it cannot take, hyperparameters it does not know; cancelled.
  virtual Result<std::unique_ptr<FittedModel>> fit(const Series& series,
                                                   const FitContext& context) const = 0;
};

}  // namespace trainyard::models

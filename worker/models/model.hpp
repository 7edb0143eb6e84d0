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
  // Seasons beside it, ascending and longer: 168 for hours, whose season_length is 24. Models of
  // one season ignore them.
  std::vector<int> long_seasons = {};
  // Known influences, one span of y.size() values each; the order is the caller's and the same at
  // forecast time.
  std::vector<std::span<const double>> covariates = {};
};

class FitCheckpoint;  // fit_checkpoint.hpp

struct FitContext {
  std::uint64_t seed = 42;
  std::stop_token stop;  // checked at least every 50 ms of work; then fit() fails with cancelled
  std::string_view hyperparameters;     // JSON object for this model, or empty
  FitCheckpoint* checkpoint = nullptr;  // of long fits; what comes out does not depend on it
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
  std::stop_token stop = {};                             // as for a fit: far horizons take a while
};

// What the model would have said of each observation one period before, knowing the parameters of
// the whole fit: values[i] is of period first + i, and the last is of the fit's last observation.
struct InSample {
  std::size_t first = 0;  // periods that the model needs to get started
  std::vector<double> values;
};

enum class Effect { additive, multiplicative };

// One part of what was observed, a value per observation of the fit, in units of the data or, when
// multiplicative, as a factor. Additive parts sum to the level, which the factors then scale; what
// is left of the data is the component "remainder".
struct Component {
  std::string name;  // "level", "trend", "season 12", "covariate 0", "remainder"
  Effect effect = Effect::additive;
  std::vector<double> values;
};

// What came out of a fit. Immutable and safe to share between threads. A loaded model
// (registry.hpp) forecasts and updates like the one that was saved, to the last bit; it has no
// in_sample() and no components(), because the observations are not stored with it.
class FittedModel {
 public:
  virtual ~FittedModel() = default;
  // invalid_argument when future covariates are missing that the fit had; cancelled.
  virtual Result<Forecast> forecast(const ForecastRequest& request) const = 0;
  // What was chosen, in the field's notation: "ETS(M,Ad,M)". Stable for equal fits.
  virtual std::string description() const = 0;
  virtual InSample in_sample() const { return {}; }
  virtual std::vector<Component> components() const { return {}; }
  // The model with the same parameters after the observations that follow its own, as if it had
  // been fitted on all of them with these parameters: `next.start` is the period after its last.
  // invalid_argument as for fit().
  virtual Result<std::unique_ptr<FittedModel>> update(const Series& next) const = 0;
  // Everything that forecast() and update() need, as one JSON document in the format of
  // saved_model.hpp.
  virtual Result<std::string> save() const = 0;
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

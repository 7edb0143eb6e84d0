#pragma once

#include "worker/models/prophet/prophet_form.hpp"

#include <span>
#include <vector>

namespace trainyard::models {

// What a fitted Prophet model says of some times, in scaled values: trend·factor + added.
struct ProphetCurve {
  std::vector<double> path;                  // of the trend (prophet_trend.hpp)
  std::vector<std::vector<double>> effects;  // per feature group: Xβ
  std::vector<double> factor;                // 1 + the sum of the multiplicative effects
  std::vector<double> added;                 // the sum of the additive effects
};

// `times` ascend; covariates have a value per time. Everything is finite.
ProphetCurve make_curve(const ProphetForm& form, const ProphetParameters& parameters,
                        std::span<const TimePoint> times,
                        std::span<const std::span<const double>> covariates);

// In units of the data.
std::vector<double> expected_values(const ProphetForm& form, const ProphetCurve& curve);

// Trend, seasonalities, holidays, covariates and remainder. Prophet's factors add up (1 + M₁ + M₂),
// which is no product: so a multiplicative effect is a factor where it is the only effect, and
// otherwise an additive component, what it does to the trend in units of the data.
std::vector<Component> make_components(const ProphetForm& form, const ProphetCurve& curve,
                                       std::span<const double> y);

// Which bands to simulate, and from when on the trend may change.
struct ProphetBands {
  std::span<const double> levels;
  double last = 1.0;  // scaled time of the last observation
  int samples = 1000;
  std::uint64_t seed = 42;
  std::stop_token stop = {};
};
// Means at the scaled times t of the curve, with bands between quantiles of simulated futures;
// cancelled.
Result<Forecast> make_forecast(const ProphetForm& form, const ProphetParameters& parameters,
                               const ProphetCurve& curve, std::span<const double> t,
                               const ProphetBands& bands);

}  // namespace trainyard::models

#include "worker/models/prophet/prophet_curve.hpp"

#include "worker/models/numeric/normal_bands.hpp"
#include "worker/models/numeric/quantile.hpp"
#include "worker/models/prophet/prophet_paths.hpp"

#include <algorithm>
#include <cmath>

namespace trainyard::models {
namespace {

// Far from every sensible value, and a product of two stays finite.
double bounded(double value) {
  constexpr double far = 1e100;
  return std::clamp(finite(value), -far, far);
}

bool is_only_effect(const ProphetForm& form) {
  return form.groups.size() == 1 && form.units.floor == 0.0;
}

Component component(const ProphetForm& form, const ProphetCurve& curve, std::size_t group) {
  const auto& [name, effect, kind] = form.groups[group];
  Component result{.name = name};
  const bool is_factor = effect == Effect::multiplicative && is_only_effect(form);
  if (is_factor) result.effect = Effect::multiplicative;
  for (std::size_t i = 0; i < curve.path.size(); ++i) {
    const double value = curve.effects[group][i];
    const double trend =
        effect == Effect::multiplicative ? trend_value(form.trend, curve.path[i]) : 1.0;
    result.values.push_back(
        is_factor ? 1.0 + value : finite(form.units.outer * form.units.inner * value * trend));
  }
  return result;
}

// The samples of one step: scaled values.
void simulate(const ProphetForm& form, const ProphetCurve& curve, std::size_t step,
              std::span<const double> deviations, std::span<const double> noise,
              std::span<double> samples) {
  for (std::size_t i = 0; i < samples.size(); ++i)
    samples[i] = trend_value(form.trend, curve.path[step] + deviations[i]) * curve.factor[step] +
                 curve.added[step] + noise[i];
}

}  // namespace

ProphetCurve make_curve(const ProphetForm& form, const ProphetParameters& parameters,
                        std::span<const TimePoint> times,
                        std::span<const std::span<const double>> covariates) {
  const std::size_t n = times.size();
  ProphetCurve curve{.path = trend_path(form.trend, parameters, form.clock.scaled(times)),
                     .factor = std::vector(n, 1.0),
                     .added = std::vector(n, 0.0)};
  std::ranges::transform(curve.path, curve.path.begin(), bounded);
  const auto features = make_features(form.groups, times, covariates);
  std::size_t column = 0;
  for (const auto& group : form.groups) {
    std::vector<double> effect(n, 0.0);
    for (const std::size_t end = column + group.columns(); column < end; ++column)
      for (std::size_t i = 0; i < n; ++i)
        effect[i] += parameters.beta[column] * features.column(column)[i];
    auto& sum = group.effect == Effect::multiplicative ? curve.factor : curve.added;
    for (std::size_t i = 0; i < n; ++i) {
      effect[i] = bounded(effect[i]);
      sum[i] = bounded(sum[i] + effect[i]);
    }
    curve.effects.push_back(std::move(effect));
  }
  return curve;
}

std::vector<double> expected_values(const ProphetForm& form, const ProphetCurve& curve) {
  std::vector<double> values;
  for (std::size_t i = 0; i < curve.path.size(); ++i)
    values.push_back(finite(form.units.data(
        trend_value(form.trend, curve.path[i]) * curve.factor[i] + curve.added[i])));
  return values;
}

std::vector<Component> make_components(const ProphetForm& form, const ProphetCurve& curve,
                                       std::span<const double> y) {
  std::vector<Component> components{{.name = "trend"}};
  for (const double path : curve.path)
    components[0].values.push_back(finite(form.units.data(trend_value(form.trend, path))));
  for (std::size_t group = 0; group < form.groups.size(); ++group)
    components.push_back(component(form, curve, group));
  Component remainder{.name = "remainder"};
  const auto expected = expected_values(form, curve);
  for (std::size_t i = 0; i < y.size(); ++i)
    remainder.values.push_back(finite(y[i] - expected[i]));
  components.push_back(std::move(remainder));
  return components;
}

Result<Forecast> make_forecast(const ProphetForm& form, const ProphetParameters& parameters,
                               const ProphetCurve& curve, std::span<const double> t,
                               const ProphetBands& bands) {
  Forecast forecast{.mean = expected_values(form, curve)};
  if (bands.levels.empty()) return forecast;
  for (const double level : bands.levels)
    forecast.intervals.push_back({.level = level});

  const auto count = static_cast<std::size_t>(bands.samples);
  auto noise = normal_quantiles(count);
  for (double& value : noise)
    value *= parameters.sigma;
  const auto changes =
      changes_of(form.trend, parameters, form.clock.scaled(form.clock.times(1, 1).front()));
  TrendPaths paths(changes, count, bands.seed);
  std::vector<double> samples(count);
  for (std::size_t h = 0; h < t.size(); ++h) {
    if (bands.stop.stop_requested()) return fail(Errc::cancelled, "stopped on request");
    paths.advance_to(t[h] - bands.last);
    simulate(form, curve, h, paths.deviations(), noise, samples);
    for (auto& interval : forecast.intervals) {
      const double outside = (1.0 - interval.level / 100.0) / 2.0;
      const double lower = form.units.data(quantile(samples, outside));
      const double upper = form.units.data(quantile(samples, 1.0 - outside));
      interval.lower.push_back(std::min(forecast.mean[h], finite(lower)));
      interval.upper.push_back(std::max(forecast.mean[h], finite(upper)));
    }
  }
  return forecast;
}

}  // namespace trainyard::models

#include "tests/support/robustness/model_trial.hpp"

#include "worker/models/registry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <exception>

namespace trainyard::robustness {
namespace {

using models::Component;
using models::FittedModel;
using models::Forecast;
using models::ForecastRequest;
using models::Series;
using Fitted = std::unique_ptr<FittedModel>;

std::unexpected<Error> broken(std::string promise) {
  return fail(Errc::internal, std::move(promise));
}

// The part of a trial from one observation on.
Series part(const ModelTrial& trial, std::span<const double> y, std::size_t first) {
  Series series{
      .y = y,
      .start = domain::advance(trial.start, trial.frequency, static_cast<std::int64_t>(first)),
      .frequency = trial.frequency,
      .season_length = trial.season_length,
      .long_seasons = trial.long_seasons};
  for (const auto& covariate : trial.covariates)
    series.covariates.push_back(std::span(covariate).subspan(first, y.size()));
  return series;
}

ForecastRequest request(const ModelTrial& trial, std::size_t first) {
  ForecastRequest result{.horizon = trial.horizon, .levels = trial.levels};
  const auto horizon = static_cast<std::size_t>(trial.horizon);
  for (const auto& covariate : trial.covariates)
    result.covariates.push_back(std::span(covariate).subspan(first, horizon));
  return result;
}

bool are_finite(std::span<const double> values) {
  return std::ranges::all_of(values, [](double v) { return std::isfinite(v); });
}

Result<Forecast> sound_forecast(const FittedModel& fitted, const ModelTrial& trial,
                                std::size_t first) {
  auto forecast = fitted.forecast(request(trial, first));
  if (!forecast) return broken(fmt::format("no forecast: {}", describe(forecast.error())));
  TRY_DO(check_forecast(*forecast, trial.horizon, trial.levels));
  return forecast;
}

bool are_equal(const Forecast& a, const Forecast& b) {
  return std::ranges::equal(a.mean, b.mean) &&
         std::ranges::equal(a.intervals, b.intervals, [](const auto& x, const auto& y) {
           return std::ranges::equal(x.lower, y.lower) && std::ranges::equal(x.upper, y.upper);
         });
}

// What the parts make of observation t, and how large the numbers are that it is made of.
struct Whole {
  double value;
  double size;
};

Whole whole_of(const std::vector<Component>& parts, std::size_t t) {
  double sum = 0.0;
  double size = 0.0;
  double factor = 1.0;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    const double value = parts[i].values[t];
    if (parts[i].effect == models::Effect::multiplicative) {
      factor *= value;
    } else {
      sum += value;
      size += std::abs(value);
    }
  }
  const double rest = parts.back().values[t];
  return {.value = sum * factor + rest, .size = size * std::abs(factor) + std::abs(rest)};
}

Result<void> check_components(const FittedModel& fitted, std::span<const double> y) {
  constexpr double largest = 1e300;    // past it sums overflow, and are cut
  constexpr double furthest = 1e90;    // times the series: so are parts that lead there
  constexpr double smallest = 1e-320;  // below it every product is rounded
  const auto parts = fitted.components();
  if (parts.empty()) return {};
  if (parts.back().name != "remainder") return broken("the last component is no remainder");
  for (const auto& component : parts) {
    if (component.values.size() != y.size())
      return broken(fmt::format("component {} has {} values for {} observations", component.name,
                                component.values.size(), y.size()));
    if (!are_finite(component.values))
      return broken(fmt::format("component {} is not finite", component.name));
  }
  const double unit =
      std::abs(*std::ranges::max_element(y, {}, [](double v) { return std::abs(v); }));
  for (std::size_t t = 0; t < y.size(); ++t) {
    const auto [value, size] = whole_of(parts, t);
    const double tolerance = 1e-9 * (size + unit) + smallest;
    const bool is_cut = size > largest || size > furthest * unit;
    if (!is_cut && !(std::abs(value - y[t]) <= tolerance))
      return broken(fmt::format("components make {} of observation {}, {}", value, t + 1, y[t]));
  }
  return {};
}

Result<void> check_past(const FittedModel& fitted, std::span<const double> y) {
  const auto [first, values] = fitted.in_sample();
  if (first + values.size() != y.size())
    return broken(fmt::format("in-sample values end at {} of {} observations",
                              first + values.size(), y.size()));
  if (!are_finite(values)) return broken("an in-sample value is not finite");
  return check_components(fitted, y);
}

// A fit that was read back says the same, and saves the same.
Result<Fitted> reloaded(const FittedModel& fitted, const Forecast& said, const ModelTrial& trial,
                        std::size_t first) {
  const auto text = fitted.save();
  if (!text) return broken(fmt::format("not saved: {}", describe(text.error())));
  auto loaded = models::load_model(*text);
  if (!loaded) return broken(fmt::format("not loaded: {}", describe(loaded.error())));
  if ((*loaded)->description() != fitted.description())
    return broken("a loaded model describes itself otherwise");
  TRY(const auto forecast, sound_forecast(**loaded, trial, first));
  if (!are_equal(forecast, said)) return broken("a loaded model forecasts otherwise");
  const auto again = (*loaded)->save();
  if (!again || *again != *text) return broken("a loaded model saves otherwise");
  return loaded;
}

// With and without the observations, an update leads to the same.
Result<void> check_update(const FittedModel& fitted, const FittedModel& loaded,
                          const ModelTrial& trial) {
  const std::size_t first = trial.y.size();
  const auto next = part(trial, trial.later, first);
  const auto updated = fitted.update(next);
  const auto other = loaded.update(next);
  if (updated.has_value() != other.has_value())
    return broken("an update works, and does not after loading, or the other way round");
  if (!updated) return check_refusal(updated.error());
  TRY(const auto forecast, sound_forecast(**updated, trial, first + trial.later.size()));
  TRY(const auto again, sound_forecast(**other, trial, first + trial.later.size()));
  if (!are_equal(forecast, again)) return broken("an update after loading forecasts otherwise");
  std::vector<double> y = trial.y;
  y.insert(y.end(), trial.later.begin(), trial.later.end());
  if (!fitted.in_sample().values.empty()) TRY_DO(check_past(**updated, y));
  TRY_DO(reloaded(**updated, forecast, trial, first + trial.later.size()));
  return {};
}

Result<std::optional<Error>> try_all(const ModelTrial& trial, const std::stop_token& stop) {
  const auto model = models::make_model(trial.model);
  const auto fitted =
      model->fit(part(trial, trial.y, 0),
                 {.seed = trial.seed, .stop = stop, .hyperparameters = trial.hyperparameters});
  if (!fitted) {
    if (!stop.stop_requested() || fitted.error().code != Errc::cancelled)
      TRY_DO(check_refusal(fitted.error()));
    return fitted.error();
  }
  TRY_DO(check_past(**fitted, trial.y));
  TRY_DO(try_fit(**fitted, trial));
  return std::nullopt;
}

}  // namespace

Result<void> check_forecast(const Forecast& forecast, int horizon, std::span<const double> levels) {
  const auto steps = static_cast<std::size_t>(horizon);
  if (forecast.mean.size() != steps)
    return broken(fmt::format("a forecast of {} steps has {}", steps, forecast.mean.size()));
  if (!are_finite(forecast.mean)) return broken("the mean is not finite");
  if (forecast.intervals.size() != levels.size()) return broken("there is not a band per level");
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const auto& [level, lower, upper] = forecast.intervals[i];
    if (level != levels[i]) return broken("a band is of another level");
    if (lower.size() != steps || upper.size() != steps) return broken("a band has missing steps");
    if (!are_finite(lower) || !are_finite(upper)) return broken("a bound is not finite");
    for (std::size_t h = 0; h < steps; ++h) {
      const double inner_lower = i > 0 ? forecast.intervals[i - 1].lower[h] : forecast.mean[h];
      const double inner_upper = i > 0 ? forecast.intervals[i - 1].upper[h] : forecast.mean[h];
      if (!(lower[h] <= inner_lower && inner_upper <= upper[h]))
        return broken(
            fmt::format("the band of {} percent does not hold what is inside it at step "
                        "{}: {} to {} around {} to {}",
                        level, h + 1, lower[h], upper[h], inner_lower, inner_upper));
    }
  }
  return {};
}

Result<void> check_refusal(const Error& error) {
  if (error.code != Errc::invalid_argument)
    return broken(fmt::format("failed as {}: {}", to_string(error.code), describe(error)));
  constexpr std::array words{"need", "expected", "at most", "leave", "takes"};
  const auto says = [&](std::string_view word) { return error.detail.contains(word); };
  if (!error.hint.empty() || std::ranges::any_of(words, says)) return {};
  return broken(fmt::format("a refusal that does not say what is expected: {}", describe(error)));
}

Result<void> try_fit(const FittedModel& fitted, const ModelTrial& trial) {
  const std::size_t first = trial.y.size();
  TRY(const auto forecast, sound_forecast(fitted, trial, first));
  TRY(const auto loaded, reloaded(fitted, forecast, trial, first));
  if (!loaded->in_sample().values.empty() || !loaded->components().empty())
    return broken("a loaded model speaks of observations");
  return check_update(fitted, *loaded, trial);
}

Result<std::optional<Error>> try_model(const ModelTrial& trial, const std::stop_token& stop) {
  try {
    return try_all(trial, stop);
  } catch (const std::exception& error) {
    return broken(fmt::format("an exception: {}", error.what()));
  }
}

}  // namespace trainyard::robustness

#include "worker/forecast/fit.hpp"

#include "worker/forecast/band_factors.hpp"
#include "worker/forecast/fingerprint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <exception>

namespace trainyard::forecast {
namespace {

// Part of every key: raise it when the meaning of a cached fit changes.
constexpr std::uint64_t key_version = 3;

std::string_view parameters_of(const FitSettings& settings, std::string_view model) {
  const auto found = settings.hyperparameters.find(std::string(model));
  return found == settings.hyperparameters.end() ? std::string_view{} : found->second;
}

// Values of a window's training part, and `more` of what follows it as far as it is known.
std::span<const double> part_of(std::span<const double> values, const Window& window,
                                std::size_t more) {
  const auto end = std::min(values.size(), window.train + more);
  return values.subspan(window.first, end - window.first);
}

std::string key_of(const PreparedSeries& series, std::string_view model, const Window& window,
                   int steps, const FitSettings& settings, std::string_view panel) {
  const auto known = known_values(series, window);
  Fingerprint print;
  print.add(key_version);
  print.add(panel);
  print.add(known.y);
  print.add(static_cast<std::uint64_t>(known.start.time_since_epoch().count()));
  print.add(static_cast<std::uint64_t>(series.frequency.period));
  print.add(static_cast<std::uint64_t>(series.frequency.count));
  for (const auto& covariate : series.covariates)
    print.add(part_of(covariate, window, static_cast<std::size_t>(steps)));
  print.add(model);
  print.add(static_cast<std::uint64_t>(steps));
  print.add(std::span(settings.levels));
  print.add(settings.seed);
  print.add(parameters_of(settings, model));
  return print.text();
}

bool is_whole(const PreparedSeries& series, const Window& window) {
  return window.first == 0 && window.train == series.y.size();
}

bool is_sound(const models::Forecast& forecast, std::size_t steps, std::size_t levels) {
  if (forecast.mean.size() != steps || forecast.intervals.size() != levels) return false;
  for (const auto& interval : forecast.intervals) {
    if (interval.lower.size() != steps || interval.upper.size() != steps) return false;
    for (std::size_t i = 0; i < steps; ++i) {
      if (!std::isfinite(interval.lower[i]) || !std::isfinite(interval.upper[i])) return false;
      if (interval.lower[i] > forecast.mean[i] || interval.upper[i] < forecast.mean[i])
        return false;
    }
  }
  return std::ranges::all_of(forecast.mean, [](double value) { return std::isfinite(value); });
}

std::string named(std::string_view model, const PreparedSeries& series, const Window& window) {
  return is_whole(series, window) ? std::string(model)
                                  : fmt::format("{} on {} values", model, window.length());
}

std::unexpected<Error> out_of_time(std::string_view model) {
  return fail(Error{.code = Errc::deadline,
                    .detail = fmt::format("the time for this segment was used up before {} was "
                                          "fitted",
                                          model),
                    .field = "time_budget_seconds",
                    .hint = "allow more, or ask for fewer models",
                    .category = Category::config});
}

void drop_front(std::vector<double>& values, std::size_t count) {
  values.erase(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(count));
}

void drop_gap(models::Forecast& forecast, std::size_t gap) {
  if (gap == 0) return;
  drop_front(forecast.mean, gap);
  for (auto& interval : forecast.intervals) {
    drop_front(interval.lower, gap);
    drop_front(interval.upper, gap);
  }
}

}  // namespace

Result<FitOutcome> Fitter::fit(const PreparedSeries& series, std::string_view model,
                               const Window& window, int horizon) {
  if (is_stopped()) return fail(Errc::cancelled, "training was stopped");
  const int steps = window.gap() + horizon;
  const auto made = models_(model);
  if (!made) return fail(Errc::invalid_argument, fmt::format("model '{}' does not exist", model));
  const bool is_global = panel_ != nullptr && models::as_global(*made) != nullptr;
  const auto key = key_of(series, model, window, steps, settings_,
                          is_global ? std::string_view(panel_->fingerprint()) : "");
  auto outcome = find(key);
  if (!outcome || (is_whole(series, window) && !outcome->explanation)) {
    const auto checkpoint =
        checkpoints_ ? checkpoints_(key, named(model, series, window)) : nullptr;
    try {
      auto fitted = fit_anew(series, *made, window, steps, checkpoint.get());
      if (time_.stop_requested() && !is_stopped()) return out_of_time(model);
      TRY(outcome, std::move(fitted));
    } catch (const std::exception& error) {
      return fail(Errc::internal, fmt::format("{} failed unexpectedly: {}", model, error.what()));
    }
    store(key, *outcome);
    if (checkpoint) checkpoint->forget();
  }
  drop_gap(outcome->forecast, static_cast<std::size_t>(window.gap()));
  return std::move(*outcome);
}

std::optional<FitOutcome> Fitter::find(const std::string& key) {
  const std::lock_guard lock(cache_mutex_);
  return cache_.find(key);
}

void Fitter::store(const std::string& key, const FitOutcome& outcome) {
  const std::lock_guard lock(cache_mutex_);
  cache_.store(key, outcome);
}

Result<FitOutcome> Fitter::fit_anew(const PreparedSeries& series, const models::Model& model,
                                    const Window& window, int steps,
                                    models::FitCheckpoint* checkpoint) {
  const auto name = model.name();
  const auto count = static_cast<std::size_t>(steps);
  const auto past = known_values(series, window);
  models::ForecastRequest request{.horizon = steps, .levels = settings_.levels, .stop = time_};
  for (const auto& covariate : series.covariates) {
    const std::span values(covariate);
    if (values.size() >= window.train + count)
      request.covariates.push_back(values.subspan(window.train, count));
  }
  const models::FitContext context{.seed = settings_.seed,
                                   .stop = time_,
                                   .hyperparameters = parameters_of(settings_, name),
                                   .checkpoint = checkpoint};
  std::unique_ptr<models::FittedModel> fitted;
  if (const auto* global = models::as_global(model); global != nullptr && panel_ != nullptr) {
    TRY(const auto learned, panel_->learned(*global, series, window.train, context));
    TRY(fitted, learned->on(past));
  } else {
    TRY(fitted, model.fit(past, context));
  }
  TRY(auto forecast, fitted->forecast(request));
  widen(forecast, band_factor(name, series.frequency, window.length()), 1);
  if (!is_sound(forecast, count, settings_.levels.size())) {
    return fail(Errc::internal, fmt::format("{} made a forecast that is not finite", name));
  }
  FitOutcome outcome{.forecast = std::move(forecast), .description = fitted->description()};
  if (is_whole(series, window))
    outcome.explanation = std::make_shared<Explanation>(explain(*fitted, window.length()));
  return outcome;
}

}  // namespace trainyard::forecast

#include "tests/support/robustness/forecast_trial.hpp"

#include "tests/support/robustness/model_trial.hpp"
#include "worker/forecast/saved_segment.hpp"
#include "worker/models/registry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace trainyard::robustness {
namespace {

using forecast::ModelOutcome;
using forecast::PreparedSeries;
using forecast::SegmentOutcome;

std::unexpected<Error> broken(std::string promise) {
  return fail(Errc::internal, std::move(promise));
}

bool are_finite(std::span<const double> values) {
  return std::ranges::all_of(values, [](double v) { return std::isfinite(v); });
}

class NoCache : public forecast::FitCache {
 public:
  std::optional<forecast::FitOutcome> find(std::string_view) override { return std::nullopt; }
  void store(std::string_view, const forecast::FitOutcome&) override {}
};

Result<void> check_prepared(const PreparedSeries& series) {
  if (series.y.size() < 2) return broken("a prepared series has fewer than two values");
  if (!are_finite(series.y)) return broken("a prepared value is not finite");
  for (const auto& covariate : series.covariates)
    if (covariate.size() < series.y.size() || !are_finite(covariate))
      return broken("a prepared covariate is short, or not finite");
  const auto dates = series.dates(0, series.y.size() + 100);
  if (!std::ranges::is_sorted(dates, std::less_equal{})) return broken("dates do not ascend");
  return {};
}

Result<void> check_scores(const forecast::Scores& scores) {
  for (const auto& score :
       {scores.mape, scores.smape, scores.mase, scores.rmse, scores.mae, scores.coverage})
    if (score && !(std::isfinite(*score) && *score >= 0.0)) return broken("a score is not finite");
  return {};
}

Result<void> check_insight(const forecast::Insight& insight) {
  if (!are_finite(insight.expected.values)) return broken("an expected value is not finite");
  for (const auto& score : insight.anomalies.scores)
    if (score && !std::isfinite(*score)) return broken("an anomaly's score is not finite");
  for (const auto& [part, mean_absolute, share] : insight.influences)
    if (!are_finite(part.values) || !std::isfinite(mean_absolute) ||
        !std::isfinite(share.value_or(0.0)))
      return broken(fmt::format("the influence of {} is not finite", part.name));
  return {};
}

// What is kept of the best model says the same once it is read back.
Result<void> check_saved(const PreparedSeries& series, const SegmentOutcome& outcome,
                         const ForecastTrial& trial) {
  const auto best = std::ranges::find(outcome.models, outcome.best_model, &ModelOutcome::model);
  auto saved = forecast::save_segment(series, outcome.insight, best->model,
                                      {.description = best->description,
                                       .conformal = best->conformal,
                                       .combination = trial.combination,
                                       .covariates = {},
                                       .levels = trial.levels});
  if (!saved) return broken("the best model cannot be saved");
  const auto loaded = forecast::LoadedSegment::load(std::move(*saved));
  if (!loaded) return broken(fmt::format("not loaded: {}", describe(loaded.error())));
  const auto again = loaded->forecast({.horizon = trial.horizon, .levels = trial.levels});
  if (!again) return broken(fmt::format("no forecast after loading: {}", describe(again.error())));
  if (again->mean != best->forecast.mean) return broken("a loaded segment forecasts otherwise");
  return {};
}

Result<void> check_outcome(const SegmentOutcome& outcome, const ForecastTrial& trial) {
  if (!are_finite(outcome.history.values)) return broken("the history is not finite");
  bool any = false;
  for (const auto& model : outcome.models) {
    if (model.problem) {
      TRY_DO(check_refusal(*model.problem));
      continue;
    }
    any = true;
    const auto sound = check_forecast(model.forecast, trial.horizon, trial.levels);
    if (!sound) return broken(fmt::format("{}: {}", model.model, sound.error().detail));
    TRY_DO(check_scores(model.scores));
  }
  TRY_DO(check_insight(outcome.insight));
  if (any == outcome.best_model.empty()) return broken("the best model is none that worked");
  if (outcome.problem) return check_refusal(*outcome.problem);
  return {};
}

Result<std::optional<Error>> try_all(const ForecastTrial& trial, const std::stop_token& stop) {
  const auto prepared = forecast::prepare(trial.rows, trial.frequency);
  if (!prepared) {
    TRY_DO(check_refusal(prepared.error()));
    return prepared.error();
  }
  TRY_DO(check_prepared(*prepared));
  const std::vector<std::string> asked{"auto"};
  const auto existing = models::model_names();
  const forecast::AutoScope scope{.covariates = prepared->covariates.size()};
  const auto members = forecast::auto_members(existing, scope);
  const forecast::SegmentPlan plan{.horizon = trial.horizon,
                                   .models = forecast::expand_models(asked, existing, scope),
                                   .last_resort = "naive",
                                   .members = members.usual,
                                   .special_members = members.special,
                                   .combination = trial.combination,
                                   .worth = members.worth};
  NoCache cache;
  forecast::Fitter fitter(models::make_model, {.levels = trial.levels}, cache, stop);
  const auto outcome = forecast::forecast_segment(*prepared, plan, fitter, {});
  if (!outcome) {
    if (stop.stop_requested()) return outcome.error();
    return broken(fmt::format("cancelled without a request: {}", describe(outcome.error())));
  }
  TRY_DO(check_outcome(*outcome, trial));
  if (!outcome->problem && prepared->covariates.empty())
    TRY_DO(check_saved(*prepared, *outcome, trial));
  return outcome->problem;
}

}  // namespace

Result<std::optional<Error>> try_forecast(const ForecastTrial& trial, const std::stop_token& stop) {
  try {
    return try_all(trial, stop);
  } catch (const std::exception& error) {
    return broken(fmt::format("an exception: {}", error.what()));
  }
}

}  // namespace trainyard::robustness

#include "worker/forecast/forecast_segment.hpp"

#include "worker/forecast/backtest.hpp"
#include "worker/forecast/segment_run.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <ranges>
#include <set>

namespace trainyard::forecast {
namespace {

// The least score by the metric, or nullptr where no model has one.
const ModelOutcome* best_by(const std::vector<ModelOutcome>& models, std::string_view metric) {
  const ModelOutcome* best = nullptr;
  for (const auto& model : models) {
    if (model.problem || !score_of(model.scores, metric)) continue;
    if (best == nullptr || *score_of(model.scores, metric) < *score_of(best->scores, metric))
      best = &model;
  }
  return best;
}

// A few tested values rank models by chance: a single one takes the ensemble's place when there are
// many, and its score is less than half.
bool takes_its_place(const ModelOutcome& best, const ModelOutcome& ensemble,
                     std::string_view metric, int tested) {
  constexpr int many = 30;
  constexpr double clearly_better = 0.5;
  const auto score = score_of(ensemble.scores, metric);
  return score && tested >= many && *score_of(best.scores, metric) < clearly_better * *score;
}

void choose_best(SegmentOutcome& outcome, const SegmentPlan& plan) {
  const auto& models = outcome.models;
  const auto ensemble = std::ranges::find_if(models, [](const ModelOutcome& model) {
    return model.model == ensemble_name && !model.problem;
  });
  std::vector<std::string> metrics{plan.metric};
  metrics.insert(metrics.end(), domain::metric_names.begin(), domain::metric_names.end());
  for (const auto& metric : metrics) {
    const auto* best = best_by(models, metric);
    if (best == nullptr) continue;
    const int tested = outcome.windows * plan.horizon;
    if (ensemble != models.end() && !takes_its_place(*best, *ensemble, metric, tested))
      best = &*ensemble;
    outcome.best_model = best->model;
    outcome.metric = metric;
    return;
  }
  const auto first = std::ranges::find_if(
      models, [](const ModelOutcome& model) { return !model.problem.has_value(); });
  if (first != models.end())
    outcome.best_model = ensemble != models.end() ? ensemble->model : first->model;
}

void explain_choice(SegmentOutcome& outcome, const SegmentPlan& plan,
                    const PreparedSeries& series) {
  const auto& size = plan.backtest.size;
  const auto least = training_min(series.season_length);
  if (size && static_cast<std::size_t>(*size) < least && plan.backtest.windows > 0) {
    outcome.quality.warnings.push_back(fmt::format(
        "no backtest was made: its windows of {} values are shorter than the {} that a season of "
        "{} needs",
        *size, least, series.season_length));
  } else if (outcome.windows < plan.backtest.windows) {
    outcome.quality.warnings.push_back(
        fmt::format("the history is too short for {} backtest window{}: {} {} made",
                    plan.backtest.windows, plan.backtest.windows == 1 ? "" : "s", outcome.windows,
                    outcome.windows == 1 ? "was" : "were"));
  }
  if (!outcome.metric.empty() && outcome.metric != plan.metric) {
    outcome.quality.warnings.push_back(
        fmt::format("{} is not defined for this series: the best model was chosen by {}",
                    plan.metric, outcome.metric));
  }
  const auto is_late = [](const ModelOutcome& model) {
    return model.problem && model.problem->code == Errc::deadline;
  };
  auto late =
      outcome.models | std::views::filter(is_late) | std::views::transform(&ModelOutcome::model);
  if (!late.empty()) {
    outcome.quality.warnings.push_back(
        fmt::format("the time for this segment was used up before these were fitted: {}",
                    fmt::join(late, ", ")));
  }
  if (!outcome.best_model.empty() || outcome.models.empty()) return;
  const auto& first = outcome.models.front();
  outcome.problem = *first.problem;
  outcome.problem->detail =
      fmt::format("no model could be fitted; {}: {}", first.model, first.problem->detail);
}

Result<void> run_model(SegmentRun& run, const std::string& model, const SegmentEvents& events,
                       SegmentOutcome& outcome) {
  TRY(auto done, run.run(model));
  outcome.models.push_back(std::move(done));
  if (events.model_done) events.model_done(outcome.models.back());
  return {};
}

}  // namespace

Result<SegmentOutcome> forecast_segment(const PreparedSeries& series, const SegmentPlan& plan,
                                        Fitter& fitter, const SegmentEvents& events) {
  SegmentRun run(series, plan, fitter, events);
  SegmentOutcome outcome{.segment = series.segment,
                         .windows = run.windows(),
                         .dates = series.future(plan.horizon),
                         .history = recent_history(series, plan.horizon),
                         .quality = series.quality};
  for (const auto& model : plan.models)
    TRY_DO(run_model(run, model, events, outcome));
  const auto failed = [](const ModelOutcome& model) { return model.problem.has_value(); };
  if (!plan.last_resort.empty() && std::ranges::all_of(outcome.models, failed)) {
    fitter.lift_limit();
    TRY_DO(run_model(run, plan.last_resort, events, outcome));
    outcome.quality.warnings.push_back(fmt::format(
        "none of the models that auto stands for could be fitted, so {} was", plan.last_resort));
  }
  choose_best(outcome, plan);
  explain_choice(outcome, plan, series);
  if (outcome.problem) return outcome;
  outcome.insight = insight_of(series, run.members(outcome.best_model),
                               {.combination = plan.combination,
                                .threshold = plan.anomalies.threshold,
                                .covariates = plan.covariates});
  return outcome;
}

const std::vector<std::string>& members_of(const SegmentPlan& plan, int season_length,
                                           std::size_t length) {
  const auto special = plan.special_members.find(history_kind(season_length, length));
  return special == plan.special_members.end() ? plan.members : special->second;
}

int fits_of(const SegmentPlan& plan, std::size_t length, int season_length) {
  const auto fits_on = [&](std::size_t learnt) {
    std::set<std::string> fitted(plan.models.begin(), plan.models.end());
    if (fitted.erase(ensemble_name) > 0) {
      const auto& members = members_of(plan, season_length, learnt);
      fitted.insert(members.begin(), members.end());
    }
    return static_cast<int>(fitted.size());
  };
  int fits = fits_on(length);
  for (const auto& window : plan_windows(length, plan.horizon, plan.backtest, season_length))
    fits += fits_on(window.length());
  return fits;
}

}  // namespace trainyard::forecast

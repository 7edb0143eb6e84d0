#include "worker/forecast/forecast_segment.hpp"

#include "worker/forecast/backtest.hpp"
#include "worker/forecast/band_factors.hpp"
#include "worker/forecast/ensemble.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace trainyard::forecast {
namespace {

// Fewer observations without a season are a short history.
constexpr std::size_t short_length = 50;

// One series' run: fits every (model, window) once, whoever asks for it.
class SegmentRun {
 public:
  SegmentRun(const PreparedSeries& series, const SegmentPlan& plan, Fitter& fitter,
             const SegmentEvents& events)
      : series_(series),
        plan_(plan),
        fitter_(fitter),
        events_(events),
        windows_(plan_windows(series.y.size(), plan.horizon, plan.backtest, series.season_length)) {
  }

  Result<ModelOutcome> run(const std::string& model) {
    ModelOutcome outcome{.model = model};
    ScoreSum sum;
    for (std::size_t i = 0; i < windows_.size(); ++i) {
      const auto& window = windows_[i];
      auto fit = fit_one(model, window.train, plan_.backtest.gap, static_cast<int>(i) + 1);
      if (!fit && fit.error().code == Errc::cancelled) return fail(fit.error());
      if (fit) add_window(sum, window, fit->forecast);
    }
    auto fit = fit_one(model, series_.y.size(), 0, 0);
    if (!fit && fit.error().code == Errc::cancelled) return fail(fit.error());
    if (fit) {
      outcome.scores = sum.scores();
      outcome.forecast = std::move(fit->forecast);
      outcome.description = std::move(fit->description);
    } else {
      outcome.problem = std::move(fit.error());
    }
    return outcome;
  }

  int windows() const { return static_cast<int>(windows_.size()); }

 private:
  Result<FitOutcome> fit_one(const std::string& model, std::size_t train, int gap, int window) {
    if (model == ensemble_name) return combine(train, gap, window);
    const auto key = std::pair(model, window);
    const auto found = fits_.find(key);
    if (found != fits_.end()) return found->second;
    if (events_.fitting) events_.fitting(model, window, windows());
    auto outcome = fitter_.fit(series_, model, train, gap, plan_.horizon);
    fits_.emplace(key, outcome);
    return outcome;
  }

  // A member that fails is left out: the others are still worth combining.
  Result<FitOutcome> combine(std::size_t train, int gap, int window) {
    std::vector<FitOutcome> members;
    std::vector<std::string> names;
    const bool is_steady = series_.season_length == 1 && train < short_length;
    for (const auto& name :
         is_steady && !plan_.steady_members.empty() ? plan_.steady_members : plan_.members) {
      auto member = fit_one(name, train, gap, window);
      if (!member && member.error().code == Errc::cancelled) return member;
      if (!member) continue;
      members.push_back(std::move(*member));
      names.push_back(name);
    }
    if (members.empty()) {
      return fail(Error{.code = Errc::invalid_argument,
                        .detail = "none of the ensemble's members could be fitted",
                        .category = Category::data});
    }
    const auto what = combination_names[static_cast<std::size_t>(plan_.combination)];
    FitOutcome combined{.description = fmt::format("{}({})", what, fmt::join(names, ", "))};
    switch (plan_.combination) {
      case Combination::mean:
        combined.forecast = mean_of(members);
        break;
      case Combination::median:
        combined.forecast = median_of(members);
        break;
      case Combination::inverse_error:
        combined.forecast = weighted_mean_of(members, inverse_error_weights(errors(names, window)));
        break;
      case Combination::inverse_squared_error:
        combined.forecast =
            weighted_mean_of(members, inverse_squared_weights(errors(names, window)));
        break;
    }
    // What bands gain by being averaged, one alone does not.
    if (members.size() > 1)
      widen(combined.forecast, band_factor(ensemble_name, series_.frequency, train), 1 + gap);
    return combined;
  }

  // Mean absolute ones in the windows before this one, which are all of them for the final
  // forecast: what a window tests must not choose its weights.
  std::vector<std::optional<double>> errors(std::span<const std::string> names, int window) const {
    const int tested = window == 0 ? windows() : window - 1;
    std::vector<std::optional<double>> found;
    for (const auto& name : names) {
      ScoreSum sum;
      for (int i = 0; i < tested; ++i)
        if (const auto fit = fits_.find(std::pair(name, i + 1)); fit != fits_.end() && fit->second)
          add_window(sum, windows_[static_cast<std::size_t>(i)], fit->second->forecast);
      found.push_back(sum.scores().mae);
    }
    return found;
  }

  void add_window(ScoreSum& sum, const Window& window, const models::Forecast& forecast) const {
    sum.add(std::span(series_.y).subspan(window.test, static_cast<std::size_t>(plan_.horizon)),
            forecast, mase_scale(std::span(series_.y).first(window.train), series_.season_length));
  }

  const PreparedSeries& series_;
  const SegmentPlan& plan_;
  Fitter& fitter_;
  const SegmentEvents& events_;
  std::vector<Window> windows_;
  std::map<std::pair<std::string, int>, Result<FitOutcome>> fits_;
};

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

void explain(SegmentOutcome& outcome, const SegmentPlan& plan) {
  if (outcome.windows < plan.backtest.windows) {
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
  if (!outcome.best_model.empty() || outcome.models.empty()) return;
  const auto& first = outcome.models.front();
  outcome.problem = *first.problem;
  outcome.problem->detail =
      fmt::format("no model could be fitted; {}: {}", first.model, first.problem->detail);
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
  for (const auto& model : plan.models) {
    TRY(auto done, run.run(model));
    outcome.models.push_back(std::move(done));
    if (events.model_done) events.model_done(outcome.models.back());
  }
  choose_best(outcome, plan);
  explain(outcome, plan);
  return outcome;
}

int fits_of(const SegmentPlan& plan, std::size_t length, int season_length) {
  std::set<std::string> fitted(plan.models.begin(), plan.models.end());
  if (fitted.erase(ensemble_name) > 0) {
    fitted.insert(plan.members.begin(), plan.members.end());
    fitted.insert(plan.steady_members.begin(), plan.steady_members.end());
  }
  const auto windows = plan_windows(length, plan.horizon, plan.backtest, season_length).size();
  return static_cast<int>(fitted.size() * (windows + 1));
}

}  // namespace trainyard::forecast

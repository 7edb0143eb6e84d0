#include "worker/forecast/segment_run.hpp"

#include "worker/forecast/band_factors.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace trainyard::forecast {
namespace {

// A model that learned from fewer values says little of what it is worth.
constexpr std::size_t telling_length = 8;

bool is_cancelled(const Result<FitOutcome>& fit) {
  return !fit && fit.error().code == Errc::cancelled;
}

}  // namespace

SegmentRun::SegmentRun(const PreparedSeries& series, const SegmentPlan& plan, Fitter& fitter,
                       const SegmentEvents& events)
    : series_(series),
      plan_(plan),
      fitter_(fitter),
      events_(events),
      windows_(plan_windows(series.y.size(), plan.horizon, plan.backtest, series.season_length)),
      whole_(whole_history(series.y.size())) {
  if (fitter.settings().threads > 1) fit_ahead();
}

// What run() will ask for, in its order.
void SegmentRun::fit_ahead() {
  std::vector<FitsAhead::Fit> fits;
  const auto add = [&](const std::string& model, int window) {
    if (!ahead_numbers_.emplace(Key(model, window), fits.size()).second) return;
    fits.emplace_back([this, model, window] { return fit_now(model, window); });
  };
  for (const auto& model : plan_.models) {
    for (int i = 1; i <= windows() + 1; ++i) {
      const int window = i <= windows() ? i : 0;
      if (model != ensemble_name) {
        add(model, window);
        continue;
      }
      for (const auto& member :
           members_of(plan_, series_.season_length, window_of(window).length()))
        add(member, window);
    }
  }
  ahead_.emplace(std::move(fits), fitter_.settings().threads);
}

const Window& SegmentRun::window_of(int window) const {
  return window == 0 ? whole_ : windows_[static_cast<std::size_t>(window) - 1];
}

Result<ModelOutcome> SegmentRun::run(const std::string& model) {
  ModelOutcome outcome{.model = model};
  ScoreSum sum;
  ConformalBands conformal(series_.frequency);
  for (int i = 1; i <= windows(); ++i) {
    const auto& window = window_of(i);
    auto fit = fit_one(model, i);
    if (is_cancelled(fit)) return fail(fit.error());
    if (fit) {
      set_bands(fit->forecast, conformal.at(window.train, fit->forecast.intervals));
      conformal.add(window, tested_part(window), fit->forecast);
    }
    outcome.folds.push_back(tested(window, fit, sum));
  }
  auto fit = fit_one(model, 0);
  if (is_cancelled(fit)) return fail(fit.error());
  if (fit) {
    outcome.scores = sum.scores();
    outcome.forecast = std::move(fit->forecast);
    outcome.conformal = conformal.at(whole_.length(), outcome.forecast.intervals);
    set_bands(outcome.forecast, outcome.conformal);
    outcome.description = std::move(fit->description);
  } else {
    outcome.problem = std::move(fit.error());
  }
  return outcome;
}

FoldOutcome SegmentRun::tested(const Window& window, const Result<FitOutcome>& fit,
                               ScoreSum& sum) const {
  FoldOutcome fold{.window = window, .origin = series_.dates(window.train - 1, 1).front()};
  if (!fit) {
    fold.problem = fit.error();
    return fold;
  }
  add_window(sum, window, fit->forecast);
  ScoreSum own;
  add_window(own, window, fit->forecast);
  fold.scores = own.scores();
  return fold;
}

Result<FitOutcome> SegmentRun::fit_one(const std::string& model, int window) {
  if (model == ensemble_name) return combine(window);
  const Key key(model, window);
  const auto found = fits_.find(key);
  if (found != fits_.end()) return found->second;
  const auto ahead = ahead_numbers_.find(key);
  auto outcome =
      ahead != ahead_numbers_.end() ? ahead_->take(ahead->second) : fit_now(model, window);
  fits_.emplace(key, outcome);
  return outcome;
}

Result<FitOutcome> SegmentRun::fit_now(const std::string& model, int window) const {
  if (events_.fitting) events_.fitting(model, window, windows());
  auto outcome = fitter_.fit(series_, model, window_of(window), plan_.horizon);
  if (events_.fitted) events_.fitted(model, window);
  return outcome;
}

// A member that fails is left out: the others are still worth combining.
Result<FitOutcome> SegmentRun::combine(int window) {
  const auto& span = window_of(window);
  std::vector<FitOutcome> members;
  std::vector<std::string> names;
  std::string reason;
  for (const auto& name : members_of(plan_, series_.season_length, span.length())) {
    auto member = fit_one(name, window);
    if (is_cancelled(member)) return member;
    if (!member) {
      if (reason.empty()) reason = member.error().detail;
      continue;
    }
    members.push_back(std::move(*member));
    names.push_back(name);
  }
  if (members.empty()) {
    return fail(
        Error{.code = Errc::invalid_argument,
              .detail = fmt::format("none of the ensemble's members could be fitted; {}", reason),
              .category = Category::data});
  }
  const auto what = combination_names[static_cast<std::size_t>(plan_.combination)];
  FitOutcome combined{.description = fmt::format("{}({})", what, fmt::join(names, ", "))};
  combined.forecast = plan_.combination == Combination::median
                          ? median_of(members)
                          : weighted_mean_of(members, weights(names, window));
  // What bands gain by being averaged, one alone does not.
  if (members.size() > 1) {
    widen(combined.forecast, band_factor(ensemble_name, series_.frequency, span.length()),
          1 + span.gap());
  }
  return combined;
}

std::vector<double> SegmentRun::weights(std::span<const std::string> names, int window) const {
  return times_worth(weights_by_errors(names, window), names, plan_.worth);
}

std::vector<double> SegmentRun::weights_by_errors(std::span<const std::string> names,
                                                  int window) const {
  switch (plan_.combination) {
    case Combination::inverse_error:
      return inverse_error_weights(errors(names, window));
    case Combination::inverse_squared_error:
      return inverse_squared_weights(errors(names, window));
    case Combination::mean:
    case Combination::median:
      break;
  }
  return std::vector(names.size(), 1.0 / static_cast<double>(names.size()));
}

// Mean absolute ones in the telling windows before this one, which are all of them for the final
// forecast: what a window tests must not choose its weights.
std::vector<std::optional<double>> SegmentRun::errors(std::span<const std::string> names,
                                                      int window) const {
  const int tested = window == 0 ? windows() : window - 1;
  std::vector<std::optional<double>> found;
  for (const auto& name : names) {
    ScoreSum sum;
    for (int i = 1; i <= tested; ++i) {
      if (window_of(i).length() < telling_length) continue;
      if (const auto fit = fits_.find(std::pair(name, i)); fit != fits_.end() && fit->second)
        add_window(sum, window_of(i), fit->second->forecast);
    }
    found.push_back(sum.scores().mae);
  }
  return found;
}

std::span<const double> SegmentRun::tested_part(const Window& window) const {
  return std::span(series_.y).subspan(window.test, static_cast<std::size_t>(plan_.horizon));
}

void SegmentRun::add_window(ScoreSum& sum, const Window& window,
                            const models::Forecast& forecast) const {
  const auto learnt = std::span(series_.y).subspan(window.first, window.length());
  sum.add(tested_part(window), forecast, mase_scale(learnt, series_.season_length));
}

std::vector<FittedMember> SegmentRun::members(const std::string& model) const {
  std::vector<FittedMember> members;
  const auto add = [&](const std::string& name) {
    const auto fit = fits_.find(std::pair(name, 0));
    if (fit == fits_.end() || !fit->second) return;
    members.push_back({.model = name, .explanation = fit->second->explanation});
  };
  if (model != ensemble_name) {
    add(model);
    return members;
  }
  std::vector<std::string> names;
  for (const auto& name : members_of(plan_, series_.season_length, whole_.length()))
    add(name);
  for (const auto& member : members)
    names.push_back(member.model);
  const auto shares = weights(names, 0);
  for (std::size_t i = 0; i < members.size(); ++i)
    members[i].weight = shares[i];
  return members;
}

}  // namespace trainyard::forecast

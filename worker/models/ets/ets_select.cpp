#include "worker/models/ets/ets_select.hpp"

#include "worker/models/ets/ets_filter.hpp"
#include "worker/models/ets/ets_parameters.hpp"
#include "worker/models/ets/ets_search.hpp"
#include "worker/models/ets/ets_start.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>

namespace trainyard::models {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double tolerance = 1e-6;  // of the deviance
constexpr int steps_max = 60;

EtsSmoothing start_at(double alpha, double beta_share, double gamma_share) {
  return {.alpha = alpha,
          .beta = beta_share * alpha,
          .gamma = gamma_share * (1.0 - alpha),
          .phi = 0.978};
}

// R's starting values.
EtsSmoothing slow_start(int season_length) {
  return start_at(1e-4 + 0.2 / season_length, 0.1, 0.05);
}
EtsSmoothing quick_start() {
  return start_at(0.9, 0.01, 0.05);
}
// Looks at the likelihood in several places, to have less far to go from the best of them.
std::vector<EtsSmoothing> seasonal_starts(int season_length) {
  std::vector<EtsSmoothing> starts{slow_start(season_length)};
  for (const double gamma_share : {0.05, 0.3})
    for (const double alpha : {0.02, 0.1, 0.3, 0.6, 0.9})
      starts.push_back(start_at(alpha, 0.02, gamma_share));
  return starts;
}

// One form in the race, from one start.
class Candidate {
 public:
  Candidate(const EtsTask& task, const EtsForm& form)
      : task_(&task), search_(task.y, EtsLayout(form, task.season_length), task.stop) {
    penalty_ =
        is_estimable() ? 2.0 * parameters() * (1.0 + (parameters() + 1.0) / freedom()) : infinity;
  }

  const EtsForm& form() const { return search_.layout().form(); }
  EtsSearch& search() { return search_; }
  bool is_estimable() const { return freedom() > 0.0; }

  double criterion() const { return search_.deviance() + penalty_; }
  // An optimistic guess of where the criterion ends: far from the maximum the quadratic model sees
  // only part of the way.
  double hope() const { return criterion() - 2.0 * search_.promise(); }

  // From the likeliest of the starts.
  void start(std::span<const EtsSmoothing> starts) {
    EtsState state = ets_start(task_->y, form(), task_->season_length);
    if (start_from(starts, state)) return;
    // A steep beginning or a deep season can make a forecast that is not positive: begin flat.
    state.level = std::accumulate(task_->y.begin(), task_->y.end(), 0.0) / count();
    state.growth = multiplies(form().trend) ? 1.0 : 0.0;
    std::ranges::fill(state.season, form().season == EtsSeason::multiplicative ? 1.0 : 0.0);
    start_from(starts, state);
  }

  EtsFit result() const {
    EtsFit fit{.form = form(), .log_likelihood = -0.5 * search_.deviance(), .aicc = criterion()};
    if (!search_.is_defined()) return fit;
    fit.smoothing = search_.layout().smoothing(search_.x());
    fit.initial = search_.layout().state(search_.x());
    auto passed = ets_filter(task_->y, form(), fit.smoothing, fit.initial);
    double squares = 0.0;
    for (std::size_t t = 0; t < passed.path.size(); ++t) {
      const double f = passed.path[t].forecast;
      const double e = task_->y[t] - f;
      squares += form().error == EtsError::multiplicative ? e / f * (e / f) : e * e;
    }
    fit.final = std::move(passed.state);
    fit.variance = squares / std::max(1.0, count() - parameters() + 1.0);
    return fit;
  }

 private:
  double count() const { return static_cast<double>(task_->y.size()); }
  double parameters() const { return search_.layout().size() + 1; }  // and the variance
  double freedom() const { return count() - parameters() - 1.0; }

  bool start_from(std::span<const EtsSmoothing> starts, const EtsState& state) {
    std::vector<double> best;
    double least = infinity;
    for (const EtsSmoothing& smoothing : starts) {
      auto x = search_.layout().pack(smoothing, state);
      if (starts.size() > 1) {
        search_.set(x);
        if (!(search_.value() < least)) continue;
        least = search_.value();
      }
      best = std::move(x);
    }
    if (best.empty()) return false;
    search_.start(std::move(best));
    return search_.is_defined();
  }

  const EtsTask* task_;
  EtsSearch search_;
  double penalty_;  // of the criterion; infinite when there are too few observations
};

class Race {
 public:
  explicit Race(const EtsTask& task) : task_(&task) {}

  void enter(const EtsForm& form, std::span<const EtsSmoothing> starts) {
    if (task_->stop.stop_requested()) return;
    Candidate candidate(*task_, form);
    if (!candidate.is_estimable()) return;
    candidate.start(starts);
    field_.push_back(std::move(candidate));
  }

  // nullopt when nothing could enter.
  std::optional<EtsFit> run() {
    if (field_.empty()) return std::nullopt;
    for (int step = 0; step < steps_max && advance(step) && !task_->stop.stop_requested(); ++step) {
    }
    auto& winner = *leader();
    winner.search().refine(steps_max, tolerance);
    return winner.result();
  }

 private:
  std::vector<Candidate>::iterator leader() {
    return std::ranges::min_element(field_, {}, &Candidate::criterion);
  }

  // One step of each that can still win; false when none is left.
  bool advance(int step) {
    constexpr double contention = 3.0;  // of the criterion: who hopes for less is left behind
    constexpr double race_tolerance = 1e-3;
    bool racing = false;
    const double best = leader()->criterion();
    for (auto& candidate : field_) {
      const bool in_contention = step == 0 || candidate.hope() <= best + contention;
      if (!in_contention || candidate.search().promise() <= 0.0) continue;
      candidate.search().advance(1, race_tolerance);
      racing = true;
    }
    return racing;
  }

  const EtsTask* task_;
  std::vector<Candidate> field_;
};

}  // namespace

std::size_t observations_needed(const EtsForm& form, int season_length) {
  return EtsLayout(form, season_length).size() + 3;
}

EtsFit evaluate_form(const EtsTask& task, const EtsForm& form, const EtsPoint& point) {
  Candidate candidate(task, form);
  auto& search = candidate.search();
  search.set(search.layout().pack(point.smoothing, point.initial));
  return candidate.result();
}

EtsFit fit_form(const EtsTask& task, const EtsForm& form) {
  auto starts = seasonal_starts(form.has_season() ? task.season_length : 1);
  for (const auto& more : {quick_start(), start_at(0.9, 0.6, 0.05), start_at(0.5, 0.2, 0.2)})
    starts.push_back(more);
  Race race(task);
  for (const EtsSmoothing& smoothing : starts)
    race.enter(form, {&smoothing, 1});
  return race.run().value_or(EtsFit{.form = form, .aicc = infinity});
}

EtsFit select_form(const EtsTask& task, std::span<const EtsForm> forms) {
  const EtsSmoothing slow = slow_start(1);
  const EtsSmoothing quick = quick_start();
  const auto seasonal = seasonal_starts(task.season_length);
  Race race(task);
  for (const EtsForm& form : forms) {
    if (form.has_season()) {
      race.enter(form, seasonal);
    } else {
      race.enter(form, {&slow, 1});
      race.enter(form, {&quick, 1});
    }
  }
  return race.run().value_or(EtsFit{.form = forms.front(), .aicc = infinity});
}

}  // namespace trainyard::models

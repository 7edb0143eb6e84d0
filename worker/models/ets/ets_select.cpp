#include "worker/models/ets/ets_select.hpp"

#include "worker/models/ets/ets_filter.hpp"
#include "worker/models/ets/ets_parameters.hpp"
#include "worker/models/ets/ets_search.hpp"
#include "worker/models/ets/ets_start.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace trainyard::models {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double tolerance = 1e-6;  // of the deviance
constexpr int steps_max = 60;
constexpr int lap = 3;              // steps between two looks at who leads
constexpr double contention = 3.0;  // of the criterion: who hopes for less is left behind

// R's starting values.
EtsSmoothing slow_start(int season_length) {
  const double alpha = 1e-4 + 0.2 / season_length;
  return {.alpha = alpha, .beta = 0.1 * alpha, .gamma = 0.05 * (1.0 - alpha), .phi = 0.978};
}
constexpr EtsSmoothing lively_start{.alpha = 0.5, .beta = 0.1, .gamma = 0.2, .phi = 0.9};
constexpr EtsSmoothing quick_start{.alpha = 0.9, .beta = 0.009, .gamma = 0.05, .phi = 0.95};

// One form in the race.
class Candidate {
 public:
  Candidate(const EtsTask& task, const EtsForm& form)
      : task_(&task), search_(task.y, EtsLayout(form, task.season_length), task.stop) {}

  const EtsForm& form() const { return search_.layout().form(); }
  EtsSearch& search() { return search_; }
  bool is_estimable() const { return freedom() > 0.0; }

  double criterion() const { return search_.deviance() + penalty(); }
  // An optimistic guess of where the criterion ends: far from the maximum the quadratic model sees
  // only part of the way.
  double hope() const { return criterion() - 4.0 * search_.promise(); }

  void start(const EtsSmoothing& smoothing) {
    EtsState state = ets_start(task_->y, form(), task_->season_length);
    search_.start(search_.layout().pack(smoothing, state));
    if (search_.is_defined()) return;
    // A steep beginning or a deep season can make a forecast that is not positive: begin flat.
    state.level = std::accumulate(task_->y.begin(), task_->y.end(), 0.0) / count();
    state.growth = multiplies(form().trend) ? 1.0 : 0.0;
    std::ranges::fill(state.season, form().season == EtsSeason::multiplicative ? 1.0 : 0.0);
    search_.start(search_.layout().pack(smoothing, state));
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
  double penalty() const {
    if (!is_estimable()) return infinity;
    return 2.0 * parameters() * (1.0 + (parameters() + 1.0) / freedom());
  }

  const EtsTask* task_;
  EtsSearch search_;
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
  EtsFit best{.form = form, .aicc = infinity};
  for (const auto& smoothing : {slow_start(task.season_length), lively_start, quick_start}) {
    Candidate candidate(task, form);
    if (!candidate.is_estimable()) return best;
    candidate.start(smoothing);
    candidate.search().advance(steps_max, tolerance);
    if (candidate.criterion() < best.aicc) best = candidate.result();
  }
  return best;
}

EtsFit select_form(const EtsTask& task, std::span<const EtsForm> forms) {
  std::vector<Candidate> field;
  field.reserve(2 * forms.size());
  for (const EtsForm& form : forms) {
    const auto enter = [&](const EtsSmoothing& smoothing) {
      Candidate candidate(task, form);
      if (!candidate.is_estimable()) return;
      candidate.start(smoothing);
      field.push_back(std::move(candidate));
    };
    enter(slow_start(task.season_length));
    if (!form.has_season()) enter(quick_start);
  }
  if (field.empty()) return {.form = forms.front(), .aicc = infinity};

  const auto leader = [&] { return std::ranges::min_element(field, {}, &Candidate::criterion); };
  for (int steps = 0; steps < steps_max; steps += lap) {
    const double best = leader()->criterion();
    for (auto& candidate : field)
      if (steps == 0 || candidate.hope() <= best + contention)
        candidate.search().advance(lap, tolerance);
    if (task.stop.stop_requested()) break;
  }
  return leader()->result();
}

}  // namespace trainyard::models

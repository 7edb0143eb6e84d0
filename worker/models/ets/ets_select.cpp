#include "worker/models/ets/ets_select.hpp"

#include "worker/models/ets/ets_parameters.hpp"
#include "worker/models/ets/ets_search.hpp"
#include "worker/models/ets/ets_start.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>
#include <utility>

namespace trainyard::models {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::size_t season_max = 24;

// Slow and quick adaptation: the likelihood often has a maximum at each end.
constexpr std::array cold_starts{
    EtsSmoothing{.alpha = 0.1, .beta = 0.01, .gamma = 0.05, .phi = 0.95},
    EtsSmoothing{.alpha = 0.7, .beta = 0.1, .gamma = 0.05, .phi = 0.9},
};

double corrected_criterion(double log_likelihood, double parameters, double n) {
  const double freedom = n - parameters - 1.0;
  if (freedom <= 0.0) return infinity;
  return -2.0 * log_likelihood + 2.0 * parameters + 2.0 * parameters * (parameters + 1.0) / freedom;
}

// Good enough to tell forms apart, and good enough to report.
constexpr EtsSearchOptions coarse{.iterations_max = 12, .likelihood_tolerance = 0.1};
constexpr EtsSearchOptions fine{.iterations_max = 60, .likelihood_tolerance = 1e-6};
// Forms whose coarse criterion is further from the best cannot win by a finer search.
constexpr double contention = 3.0;

class FormFitter {
 public:
  FormFitter(const EtsTask& task, const EtsForm& form)
      : task_(task), layout_(form, task.season_length), recursion_(task.y, layout_, task.stop) {}

  const EtsForm& form() const { return layout_.form(); }
  double criterion() const { return corrected_criterion(log_likelihood(), parameters(), count()); }

  void set(const EtsPoint& point) {
    best_.x = layout_.pack(point.smoothing, point.initial);
    best_.value = recursion_.evaluate(best_.x).value;
  }

  void try_start(const EtsSmoothing& smoothing, const EtsState& state) {
    if (std::cmp_less_equal(task_.y.size(), layout_.size() + 2)) return;
    keep(search_optimum(recursion_, layout_, layout_.pack(smoothing, state), task_.y.size(),
                        coarse));
  }

  // Starts where a simpler or otherwise related form of the same season ended.
  void try_relative(const FormFitter& other) {
    if (other.form().season != form().season || !std::isfinite(other.best_.value)) return;
    EtsSmoothing smoothing = other.layout_.smoothing(other.best_.x);
    if (!other.form().has_trend()) smoothing.beta = 0.05 * smoothing.alpha;
    if (!other.form().is_damped()) smoothing.phi = 0.97;
    try_start(smoothing, other.layout_.state(other.best_.x));
  }

  void refine() {
    if (std::isfinite(best_.value))
      keep(search_optimum(recursion_, layout_, best_.x, task_.y.size(), fine));
  }

  EtsFit result() {
    EtsFit fit{.form = form(), .log_likelihood = log_likelihood(), .aicc = criterion()};
    if (!std::isfinite(best_.value)) return fit;
    auto pass = recursion_.run(best_.x);
    fit.smoothing = layout_.smoothing(best_.x);
    fit.initial = layout_.state(best_.x);
    fit.final = std::move(pass.final_state);
    double squares = 0.0;
    for (const double e : pass.innovations)
      squares += e * e;
    fit.variance = squares / std::max(1.0, count() - parameters() + 1.0);
    return fit;
  }

 private:
  double count() const { return static_cast<double>(task_.y.size()); }
  double parameters() const { return layout_.size() + 1; }  // and the variance

  // Below rounding error one perfect fit is as good as another, and the simplest one wins.
  double log_likelihood() const {
    return -0.5 * count() * std::log(std::max(best_.value, count() * 1e-24));
  }

  void keep(EtsOptimum found) {
    if (found.value < best_.value) best_ = std::move(found);
  }

  const EtsTask& task_;
  EtsLayout layout_;
  EtsRecursion recursion_;
  EtsOptimum best_{.value = infinity};
};

void search_coarsely(const EtsTask& task, FormFitter& fitter) {
  const EtsState start = ets_start(task.y, fitter.form(), task.season_length);
  for (const EtsSmoothing& smoothing : cold_starts)
    fitter.try_start(smoothing, start);
  if (std::isfinite(fitter.criterion())) return;

  // A steep beginning or a deep season can make a forecast that is not positive: begin flat
  // instead.
  const double mean =
      std::accumulate(task.y.begin(), task.y.end(), 0.0) / static_cast<double>(task.y.size());
  const double index = fitter.form().season == EtsSeason::multiplicative ? 1.0 : 0.0;
  const EtsState flat{.level = mean, .season = std::vector(start.season.size(), index)};
  for (const EtsSmoothing& smoothing : cold_starts)
    fitter.try_start(smoothing, flat);
}

}  // namespace

EtsFit evaluate_form(const EtsTask& task, const EtsForm& form, const EtsPoint& point) {
  FormFitter fitter(task, form);
  fitter.set(point);
  return fitter.result();
}

EtsFit fit_form(const EtsTask& task, const EtsForm& form) {
  FormFitter fitter(task, form);
  search_coarsely(task, fitter);
  for (EtsForm simpler = form; simpler.has_trend();) {
    simpler.trend = simpler.is_damped() ? EtsTrend::additive : EtsTrend::none;
    FormFitter relative(task, simpler);
    search_coarsely(task, relative);
    fitter.try_relative(relative);
  }
  fitter.refine();
  return fitter.result();
}

EtsFit select_form(const EtsTask& task) {
  const std::size_t season = std::max(1, task.season_length);
  const auto forms = admissible_forms({
      .season_length = task.season_length,
      .positive = std::ranges::min(task.y) > 0.0,
      .seasonal = season <= season_max && task.y.size() >= 2 * season,
  });
  std::vector<std::unique_ptr<FormFitter>> fitters;
  for (const EtsForm& form : forms) {
    if (task.stop.stop_requested()) return {.aicc = infinity};
    auto fitter = std::make_unique<FormFitter>(task, form);
    search_coarsely(task, *fitter);
    for (const auto& other : fitters)
      fitter->try_relative(*other);
    fitters.push_back(std::move(fitter));
  }

  const auto by_criterion = [](const auto& fitter) { return fitter->criterion(); };
  const double leader = (*std::ranges::min_element(fitters, {}, by_criterion))->criterion();
  for (const auto& fitter : fitters)
    if (fitter->criterion() <= leader + contention) fitter->refine();
  return (*std::ranges::min_element(fitters, {}, by_criterion))->result();
}

}  // namespace trainyard::models

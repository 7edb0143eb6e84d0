#include "worker/models/arima/arima_select.hpp"

#include "worker/models/arima/arima_fitter.hpp"
#include "worker/models/mstl/stl.hpp"
#include "worker/models/numeric/unit_root.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>

namespace trainyard::models {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::size_t models_max = 94;
constexpr std::size_t short_length = 50;  // fewer than Box & Jenkins ask for
constexpr int season_max = 52;            // of seasonal coefficients

// The orders that are searched for.
struct Orders {
  int p = 0;
  int q = 0;
  int seasonal_p = 0;
  int seasonal_q = 0;
};

// What to try from the best so far, in this order; the first that is better is the next best.
constexpr std::array steps{
    Orders{0, 0, -1, 0},  Orders{0, 0, 0, -1}, Orders{0, 0, 1, 0},  Orders{0, 0, 0, 1},
    Orders{0, 0, -1, -1}, Orders{0, 0, -1, 1}, Orders{0, 0, 1, -1}, Orders{0, 0, 1, 1},
    Orders{-1, 0, 0, 0},  Orders{0, -1, 0, 0}, Orders{1, 0, 0, 0},  Orders{0, 1, 0, 0},
    Orders{-1, -1, 0, 0}, Orders{-1, 1, 0, 0}, Orders{1, -1, 0, 0}, Orders{1, 1, 0, 0},
};

class Walk {
 public:
  // Candidates are fitted to `seen`, the last part of the task's series or all of it.
  Walk(const ArimaTask& task, const ArimaTask& seen, const ArimaLimits& limits,
       const ArimaDifferences& differences)
      : task_(task), seen_(seen), limits_(limits), fitter_(seen) {
    base_ = {.d = differences.d, .seasonal_d = differences.seasonal_d, .season = task.season};
    const int total = base_.d + base_.seasonal_d;
    constant_ = (total == 0 && limits.mean) || (total == 1 && limits.drift);
    steps_with_constant_ = constant_;
    is_short_ = seen.data.y.size() < short_length;
    bound();
  }

  ArimaFit run() {
    const auto y = without_covariates(task_.data);
    if (is_level(differenced(y, base_.d, base_.seasonal_d, base_.season)))
      return ArimaFitter(task_).result({.form = form({}, constant_)});
    if (limits_.stepwise)
      walk();
    else
      try_all();
    return finish();
  }

 private:
  void bound() {
    const int n = static_cast<int>(seen_.data.y.size());
    limits_.max_p = std::min(limits_.max_p, n / 3);
    limits_.max_q = std::min(limits_.max_q, n / 3);
    const int season = task_.season;
    const int seasons = season > 1 && season <= season_max ? n / 3 / season : 0;
    limits_.max_seasonal_p = std::min(limits_.max_seasonal_p, seasons);
    limits_.max_seasonal_q = std::min(limits_.max_seasonal_q, seasons);
    if (limits_.max_seasonal_p > 0) limits_.max_p = std::min(limits_.max_p, season - 1);
    if (limits_.max_seasonal_q > 0) limits_.max_q = std::min(limits_.max_q, season - 1);
  }

  ArimaForm form(const Orders& orders, bool with_constant) const {
    ArimaForm result = base_;
    result.p = orders.p;
    result.q = orders.q;
    result.seasonal_p = orders.seasonal_p;
    result.seasonal_q = orders.seasonal_q;
    result.mean = with_constant && base_.d + base_.seasonal_d == 0;
    result.drift = with_constant && base_.d + base_.seasonal_d == 1;
    return result;
  }

  // Whether it was tried for the first time and is better than all before.
  bool is_improvement(const ArimaForm& candidate) {
    const auto same = [&](const auto& c) { return c->form == candidate; };
    if (task_.stop.stop_requested() || std::ranges::any_of(tried_, same)) return false;
    tried_.push_back(
        std::make_unique<ArimaCandidate>(fitter_.fit(candidate, best_, ArimaEffort::coarse)));
    if (best_ != nullptr && !(tried_.back()->criterion < best_->criterion)) return false;
    best_ = tried_.back().get();
    return true;
  }

  void walk() {
    const bool is_tiny = task_.data.y.size() < 10;
    const auto& most = limits_;
    Orders start{.p = std::min(most.start_p, most.max_p),
                 .q = std::min(most.start_q, most.max_q),
                 .seasonal_p = std::min(most.start_seasonal_p, most.max_seasonal_p),
                 .seasonal_q = std::min(most.start_seasonal_q, most.max_seasonal_q)};
    if (is_tiny) start = {.p = std::min(start.p, 1), .q = std::min(start.q, 1)};
    const int one_p = std::min(1, most.max_p);
    const int one_q = std::min(1, most.max_q);
    const int one_seasonal_p = std::min(1, most.max_seasonal_p);
    const int one_seasonal_q = std::min(1, most.max_seasonal_q);
    is_improvement(form(start, constant_));
    is_improvement(form({}, constant_));
    is_improvement(form({.p = one_p, .seasonal_p = one_seasonal_p}, constant_));
    is_improvement(form({.q = one_q, .seasonal_q = one_seasonal_q}, constant_));
    // R goes on with the constant, so that only models with one can replace a random walk. On short
    // series that forecasts better than what has a better criterion.
    if (constant_ && is_improvement(form({}, false))) steps_with_constant_ = is_short_;
    while (best_ != nullptr && tried_.size() < models_max && (step_once() || look_further())) {
    }
  }

  bool step_once() {
    const ArimaForm from = best_->form;
    const Orders at{from.p, from.q, from.seasonal_p, from.seasonal_q};
    for (const Orders& step : steps) {
      const Orders to{at.p + step.p, at.q + step.q, at.seasonal_p + step.seasonal_p,
                      at.seasonal_q + step.seasonal_q};
      if (is_allowed(to) && is_improvement(form(to, steps_with_constant_))) return true;
    }
    if (!constant_ || !is_improvement(form(at, !steps_with_constant_))) return false;
    steps_with_constant_ = !steps_with_constant_;
    return true;
  }

  // Further away, where no neighbour is better: the walk may have stopped at a model whose
  // neighbours are refused for their roots. Any seasonal orders, and as many coefficients on the
  // other side; on short series what that finds, too, forecasts worse.
  bool look_further() {
    constexpr int reach = 2;
    const ArimaForm from = best_->form;
    const auto attempt = [&](const Orders& step) {
      const Orders to{from.p + step.p, from.q + step.q, from.seasonal_p + step.seasonal_p,
                      from.seasonal_q + step.seasonal_q};
      return is_allowed(to) && is_improvement(form(to, from.has_constant()));
    };
    for (int i = -reach; i <= reach; ++i)
      for (int j = -reach; j <= reach; ++j)
        if (attempt({.seasonal_p = i, .seasonal_q = j})) return true;
    if (is_short_) return false;
    return attempt({.p = -reach, .q = reach}) || attempt({.p = reach, .q = -reach});
  }

  bool is_allowed(const Orders& to) const {
    return to.p >= 0 && to.q >= 0 && to.seasonal_p >= 0 && to.seasonal_q >= 0 &&
           to.p <= limits_.max_p && to.q <= limits_.max_q &&
           to.seasonal_p <= limits_.max_seasonal_p && to.seasonal_q <= limits_.max_seasonal_q;
  }

  void try_all() {
    for (Orders at; at.p <= limits_.max_p; ++at.p)
      for (at.q = 0; at.q <= limits_.max_q; ++at.q)
        for (at.seasonal_p = 0; at.seasonal_p <= limits_.max_seasonal_p; ++at.seasonal_p)
          for (at.seasonal_q = 0; at.seasonal_q <= limits_.max_seasonal_q; ++at.seasonal_q) {
            if (at.p + at.q + at.seasonal_p + at.seasonal_q > limits_.max_order) continue;
            is_improvement(form(at, false));
            if (constant_) is_improvement(form(at, true));
          }
  }

  // The best of those that may be the best, fitted in full; whichever can be, where none of them.
  ArimaFit finish() {
    std::ranges::sort(tried_, {}, [](const auto& c) { return c->criterion; });
    ArimaFitter fitter(task_);
    ArimaCandidate chosen{.criterion = infinity};
    for (const auto& candidate : tried_) {
      const bool is_close = candidate->criterion <= tried_.front()->criterion + contention;
      if (candidate->criterion == infinity || (!is_close && chosen.criterion < infinity)) break;
      auto full = fitter.fit(candidate->form, candidate.get(), ArimaEffort::fine);
      if (full.criterion < chosen.criterion) chosen = std::move(full);
    }
    if (chosen.criterion == infinity) chosen = {.form = form({}, constant_)};
    return fitter.result(chosen);
  }

  static constexpr double contention = 0.1;  // what coarse fits may be wrong by

  const ArimaTask& task_;
  const ArimaTask& seen_;
  ArimaLimits limits_;
  ArimaFitter fitter_;
  ArimaForm base_;
  bool constant_ = false;
  bool steps_with_constant_ = false;
  bool is_short_ = false;
  std::vector<std::unique_ptr<ArimaCandidate>> tried_;
  const ArimaCandidate* best_ = nullptr;
};

double variance(std::span<const double> values) {
  const auto n = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double squares = 0.0;
  for (const double v : values)
    squares += (v - mean) * (v - mean);
  return squares / n;
}

int choose_seasonal(const ArimaTask& task, const ArimaLimits& limits, std::span<const double> y) {
  constexpr double strong = 0.64;
  if (task.season < 2) return 0;
  std::vector<double> left(y.begin(), y.end());
  int differences = 0;
  while (differences < limits.max_seasonal_d && !is_level(left) &&
         left.size() > 2 * static_cast<std::size_t>(task.season) &&
         seasonal_strength(left, task.season, task.stop) > strong) {
    ++differences;
    left = differenced(left, 0, 1, task.season);
  }
  return differences;
}

bool asks_for_difference(std::span<const double> y, UnitRootTest test,
                         const std::stop_token& stop) {
  if (y.size() < 3 || is_level(y)) return false;
  return test == UnitRootTest::kpss ? kpss_refuses_level(y, stop) : adf_accepts_unit_root(y);
}

bool any_level(const ArimaData& data, int d, int seasonal_d, int season) {
  return std::ranges::any_of(data.covariates, [&](const auto& x) {
    return !is_level(x) && is_level(differenced(x, d, seasonal_d, season));
  });
}

}  // namespace

double seasonal_strength(std::span<const double> y, int season, const std::stop_token& stop) {
  const auto parts = stl({.y = y, .season = static_cast<std::size_t>(season), .stop = stop});
  std::vector<double> remainder(y.begin(), y.end());
  std::vector<double> detrended(y.begin(), y.end());
  for (std::size_t t = 0; t < y.size(); ++t) {
    detrended[t] -= parts.trend[t];
    remainder[t] = detrended[t] - parts.season[t];
  }
  const double whole = variance(detrended);
  return whole > 0.0 ? std::max(0.0, 1.0 - variance(remainder) / whole) : 0.0;
}

ArimaDifferences choose_differences(const ArimaTask& task, const ArimaLimits& limits) {
  const auto y = without_covariates(task.data);
  ArimaDifferences chosen;
  if (limits.seasonal_d) {
    chosen.seasonal_d = task.season > 1 ? *limits.seasonal_d : 0;
  } else {
    chosen.seasonal_d = choose_seasonal(task, limits, y);
    if (chosen.seasonal_d > 0 && any_level(task.data, 0, chosen.seasonal_d, task.season))
      --chosen.seasonal_d;
  }
  if (limits.d) {
    chosen.d = *limits.d;
    return chosen;
  }
  auto left = differenced(y, 0, chosen.seasonal_d, task.season);
  while (chosen.d < limits.max_d && asks_for_difference(left, limits.test, task.stop)) {
    ++chosen.d;
    left = differenced(left, 1, 0, 1);
  }
  if (chosen.d > 0 && any_level(task.data, chosen.d, chosen.seasonal_d, task.season)) --chosen.d;
  return chosen;
}

ArimaFit select_form(const ArimaTask& task, const ArimaLimits& limits) {
  const auto differences = choose_differences(task, limits);
  constexpr std::size_t seen_max = 5000;
  const std::size_t n = task.data.y.size();
  if (!limits.approximation || n <= seen_max) return Walk(task, task, limits, differences).run();
  ArimaData last{.y = task.data.y.last(seen_max)};
  for (const auto& covariate : task.data.covariates)
    last.covariates.emplace_back(covariate.end() - seen_max, covariate.end());
  const ArimaTask seen{.data = last, .season = task.season, .stop = task.stop};
  return Walk(task, seen, limits, differences).run();
}

}  // namespace trainyard::models

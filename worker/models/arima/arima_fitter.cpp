#include "worker/models/arima/arima_fitter.hpp"

#include "worker/models/arima/arima_start.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace trainyard::models {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double root_min = 1.01;
constexpr ArimaSearchOptions coarse{.iterations_max = 40, .tolerance = 1e-3};
constexpr ArimaSearchOptions fine{.iterations_max = 200, .tolerance = 1e-8};

double corrected_criterion(double log_likelihood, double parameters, double n) {
  const double freedom = n - parameters - 1.0;
  if (!(freedom > 0.0)) return infinity;
  return -2.0 * log_likelihood + 2.0 * parameters * (1.0 + (parameters + 1.0) / freedom);
}

double count_parameters(const ArimaForm& form, const ArimaSample& sample) {
  return static_cast<double>(form.coefficients() + 1) +
         static_cast<double>(sample.regressors.size());
}

// A new coefficient begins away from 0, where one of the AR and one of the MA part would cancel.
std::vector<double> adopt(const ArimaForm& form, const ArimaCandidate& relative) {
  std::vector<double> free;
  constexpr double fresh = 0.1;
  auto from = relative.free.begin();
  const auto block = [&](int size, int theirs) {
    for (int i = 0; i < size; ++i)
      free.push_back(i < theirs ? from[i] : fresh);
    from += theirs;
  };
  block(form.p, relative.form.p);
  block(form.seasonal_p, relative.form.seasonal_p);
  block(form.q, relative.form.q);
  block(form.seasonal_q, relative.form.seasonal_q);
  return free;
}

}  // namespace

const ArimaFitter::Sampled& ArimaFitter::sampled(const ArimaForm& form) {
  for (const auto& known : samples_)
    if (known->form.d == form.d && known->form.seasonal_d == form.seasonal_d &&
        known->form.mean == form.mean && known->form.drift == form.drift)
      return *known;
  auto made = std::make_unique<Sampled>(Sampled{.form = form});
  made->sample = make_sample(task_.data, form, made->kept);
  samples_.push_back(std::move(made));
  return *samples_.back();
}

ArimaCandidate ArimaFitter::fit(const ArimaForm& form, const ArimaCandidate* relative,
                                ArimaEffort effort) {
  const auto& sample = sampled(form).sample;
  const auto n = static_cast<double>(sample.w.size());
  const double parameters = count_parameters(form, sample);
  ArimaCandidate candidate{.form = form, .criterion = infinity};
  candidate.free.assign(form.coefficients(), 0.0);
  if (!(n > parameters + 1.0)) return candidate;

  ArimaLikelihood likelihood(sample, form, task_.stop);
  std::vector<std::vector<double>> starts;
  starts.push_back(arima_start(sample, form, task_.stop));
  if (relative != nullptr) starts.push_back(adopt(form, *relative));
  ArimaOptimum best{.value = infinity};
  if (effort == ArimaEffort::coarse) {
    const auto start =
        std::ranges::min_element(starts, {}, [&](const auto& s) { return likelihood.evaluate(s); });
    best = search_optimum(likelihood, *start, coarse, task_.stop);
  } else {
    for (const auto& start : starts)
      if (auto found = search_optimum(likelihood, start, fine, task_.stop);
          found.value < best.value)
        best = std::move(found);
  }
  if (best.value == infinity) return candidate;
  candidate.free = std::move(best.free);
  std::vector<double> coefficients(candidate.free.size());
  constrain(form, candidate.free, coefficients);
  if (!has_roots_outside(form, coefficients, root_min)) return candidate;
  candidate.criterion =
      corrected_criterion(likelihood.solve(candidate.free).log_likelihood, parameters, n);
  return candidate;
}

ArimaFit ArimaFitter::result(const ArimaCandidate& candidate) {
  const auto& [form, sample, kept] = sampled(candidate.form);
  const auto n = static_cast<double>(sample.w.size());
  ArimaLikelihood likelihood(sample, candidate.form);
  const auto solution = likelihood.solve(candidate.free);
  if (task_.stop.stop_requested()) return {.form = candidate.form};
  const double parameters = count_parameters(candidate.form, sample);
  ArimaFit fit{.form = candidate.form,
               .coefficients = std::vector<double>(candidate.free.size()),
               .covariates = std::vector<double>(task_.data.covariates.size()),
               .variance = solution.squares / std::max(1.0, n - parameters + 1.0),
               .log_likelihood = solution.log_likelihood,
               .aicc = corrected_criterion(solution.log_likelihood, parameters, n)};
  constrain(fit.form, candidate.free, fit.coefficients);
  auto weight = solution.regression.begin();
  const auto constants = solution.regression.size() - kept.size();
  if (constants > 0 && fit.form.mean) fit.mean = *weight++;
  if (constants > (fit.form.mean ? 1 : 0) && fit.form.drift) fit.drift = *weight++;
  for (const int i : kept)
    fit.covariates[i] = *weight++;
  return fit;
}

ArimaFit fit_form(const ArimaTask& task, const ArimaForm& form) {
  ArimaFitter fitter(task);
  const ArimaCandidate white{.form = {.season = form.season}};
  return fitter.result(fitter.fit(form, &white, ArimaEffort::fine));
}

}  // namespace trainyard::models

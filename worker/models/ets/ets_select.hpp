#pragma once

#include "worker/models/ets/ets_form.hpp"

#include <span>
#include <stop_token>
#include <vector>

// Which form fits a series best: maximum likelihood of each form, compared by the corrected Akaike
// criterion (Hyndman, Koehler, Snyder & Grose 2002).

namespace trainyard::models {

struct EtsFit {
  EtsForm form;
  EtsSmoothing smoothing;
  EtsState initial;
  EtsState final;
  double log_likelihood = 0.0;  // up to the constant that R's forecast::ets leaves out
  double aicc = 0.0;
  double variance = 0.0;  // of ε, with one degree of freedom less per parameter
};

struct EtsTask {
  std::span<const double> y;  // finite
  int season_length = 1;
  std::stop_token stop;
};

// Fewest observations from which the form's AICc is defined.
std::size_t observations_needed(const EtsForm& form, int season_length);

// The form at given parameters: nothing is searched for, but the smoothing parameters are moved
// into the region that ets_parameters.hpp describes.
struct EtsPoint {
  EtsSmoothing smoothing;
  EtsState initial;
};
EtsFit evaluate_form(const EtsTask& task, const EtsForm& form, const EtsPoint& point);

// The best fit of one form, of several starts. AICc is infinite when there are too few observations
// for the form's parameters, or the form is not defined on the series.
EtsFit fit_form(const EtsTask& task, const EtsForm& form);

// The form of least AICc. Forms race: they search in turns, and fall out when the rest of their way
// cannot bring them to the leader. One with a season starts at the likeliest of several places. One
// without starts twice, where R starts it and in quick adaptation of the level alone: its
// likelihood often has a maximum at each end. It may have a higher one where the trend adapts
// quickly as well, but that one forecasts worse. `forms` is not empty. When stopped early the
// result is of no use.
EtsFit select_form(const EtsTask& task, std::span<const EtsForm> forms);

}  // namespace trainyard::models

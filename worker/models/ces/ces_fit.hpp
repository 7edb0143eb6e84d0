#pragma once

#include "worker/models/ces/ces_state.hpp"

#include <span>
#include <stop_token>

// Least squares for Complex Exponential Smoothing, and the choice among its forms.

namespace trainyard::models {

struct CesFit {
  CesForm form = CesForm::none;
  CesParameters<double> parameters{};
  CesState<double> initial;
  double squares = 0.0;
  double aicc = 0.0;  // infinite where the form is not defined
  double variance = 0.0;
};

struct CesTask {
  std::span<const double> y;  // at least 4 observations
  int season_length = 1;      // forms with a season want two of them
  std::stop_token stop = {};
};

// Initial states come from backcasting: from a rough start forward, then backward over the reversed
// series, twice, so that the second start is no longer rough. Parameters are kept where a level and
// its potential forget how they began (the stability condition of the paper), by a damped
// Gauss–Newton search. When stopped early the result is of no use.
CesFit fit_ces(const CesTask& task, CesForm form);

// The form of least AICc, which counts smoothing parameters and the variance.
CesFit select_ces(const CesTask& task);

}  // namespace trainyard::models

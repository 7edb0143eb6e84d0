#pragma once

#include "worker/models/arima/arima_sample.hpp"

#include <optional>
#include <stop_token>
#include <vector>

// The search for orders of Hyndman & Khandakar, Automatic time series forecasting: the forecast
// package for R (2008).

namespace trainyard::models {

enum class UnitRootTest { kpss, adf };

// As R's auto.arima names them; an order that is given is not searched for.
struct ArimaLimits {
  int max_p = 5;
  int max_q = 5;
  int max_seasonal_p = 2;
  int max_seasonal_q = 2;
  int max_order = 5;  // of p + q + P + Q where every model is tried
  int max_d = 2;
  int max_seasonal_d = 1;
  int start_p = 2;
  int start_q = 2;
  int start_seasonal_p = 1;
  int start_seasonal_q = 1;
  std::optional<int> d;
  std::optional<int> seasonal_d;
  bool mean = true;
  bool drift = true;
  bool stepwise = true;
  bool approximation = true;  // orders are chosen on the last 5,000 observations
  UnitRootTest test = UnitRootTest::kpss;
};

struct ArimaTask {
  const ArimaData& data;
  int season = 1;
  std::stop_token stop = {};
};

struct ArimaFit {
  ArimaForm form;
  std::vector<double> coefficients;
  double mean = 0.0;
  double drift = 0.0;
  std::vector<double> covariates;  // one weight per covariate, 0 for those that say nothing new
  double variance = 0.0;           // of an error: S/(n − parameters), as R reports it
  double log_likelihood = 0.0;
  double aicc = 0.0;  // infinite when there are as many parameters as observations
};

// Differences that the tests ask for.
struct ArimaDifferences {
  int d = 0;
  int seasonal_d = 0;
};
ArimaDifferences choose_differences(const ArimaTask& task, const ArimaLimits& limits);

// The share of the season in what is left after the trend, 0 to 1: 1 − var(R)/var(S + R) of Wang,
// Smith & Hyndman, Characteristic-based clustering for time series data (2006). A season is
// differenced from 0.64 on. Needs more than two seasons of at least 2.
double seasonal_strength(std::span<const double> y, int season, const std::stop_token& stop = {});

// The most likely coefficients of one form.
ArimaFit fit_form(const ArimaTask& task, const ArimaForm& form);

// When stopped early the result is of no use.
ArimaFit select_form(const ArimaTask& task, const ArimaLimits& limits);

}  // namespace trainyard::models

#pragma once

#include "common/domain/forecast_spec.hpp"
#include "worker/forecast/conformal_bands.hpp"
#include "worker/forecast/ensemble.hpp"
#include "worker/forecast/fit.hpp"
#include "worker/forecast/history.hpp"
#include "worker/forecast/insight.hpp"
#include "worker/forecast/metrics.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace trainyard::forecast {

// How one model did at one origin of the backtest. One that it could not learn from is a row with
// the reason and does not count.
struct FoldOutcome {
  Window window;
  TimePoint origin;  // of the last value it learned from
  std::optional<Error> problem = {};
  Scores scores = {};
};

// How one model did on one segment. A model that failed is a row with a reason, never missing.
struct ModelOutcome {
  std::string model;
  std::optional<Error> problem;         // why there is no forecast
  Scores scores;                        // of the backtest; empty when there was none
  std::vector<FoldOutcome> folds = {};  // oldest first
  models::Forecast forecast;
  std::vector<HalfWidths> conformal = {};  // bands that are not the model's own
  std::string description;                 // what was chosen: "ETS(M,Ad,M)"
};

struct SegmentOutcome {
  std::string segment;
  std::optional<Error> problem;  // nothing could be forecast: bad data, or every model failed
  std::string best_model;
  std::string metric;            // which one chose it; empty when there was no backtest
  int windows = 0;               // of the backtest that the length allowed
  std::vector<TimePoint> dates;  // of the forecasts
  std::vector<ModelOutcome> models;
  History history;
  DataQuality quality;
  Insight insight = {};  // of the best model
};

struct SegmentPlan {
  int horizon = 1;
  std::vector<std::string> models;      // expanded: no `auto`; may contain `ensemble`
  std::string last_resort = {};         // tried when all of them fail; empty: none
  std::vector<std::string> members;     // of the ensemble
  SpecialMembers special_members = {};  // in their place
  Combination combination = Combination::mean;
  Worth worth = {};  // of members, heeded by means
  std::string metric = "mape";
  domain::BacktestSpec backtest;
  domain::AnomalySpec anomalies = {};
  std::vector<std::string> covariates = {};  // names
};

// Called before and after each fit and, with its outcome, after each model; by several threads at a
// time where fits are (FitSettings::threads).
struct SegmentEvents {
  std::function<void(std::string_view model, int window, int windows)> fitting;  // window 0: final
  std::function<void(std::string_view model, int window)> fitted = {};
  std::function<void(const ModelOutcome&)> model_done;
};

// Backtests and forecasts one series with every model, then picks the best: the least value of the
// asked metric, or of the next one in domain::metric_names that is defined for this series, but the
// ensemble if there is one and nothing is clearly better; without a backtest the ensemble, else the
// first model that worked. A window that a model cannot learn from does not count for it. The one
// error is cancelled.
Result<SegmentOutcome> forecast_segment(const PreparedSeries& series, const SegmentPlan& plan,
                                        Fitter& fitter, const SegmentEvents& events);

// The ensemble's members on a history of this length.
const std::vector<std::string>& members_of(const SegmentPlan& plan, int season_length,
                                           std::size_t length);

// Fits that forecast_segment makes for a series of this length, however they end.
int fits_of(const SegmentPlan& plan, std::size_t length, int season_length);

}  // namespace trainyard::forecast

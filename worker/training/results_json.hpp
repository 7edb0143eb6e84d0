#pragma once

#include "worker/forecast/forecast_segment.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <string>

namespace trainyard::training {

nlohmann::json to_json(const Error& error);
nlohmann::json to_json(const forecast::Scores& scores);

// The results of one segment, as the results endpoint gives them:
//   {best_model, metrics: {model: {…}}, forecast: [{ds, yhat, yhat_lower, yhat_upper}],
//    models: {model: {status, reason, category, description, metrics, coverage: [{level, reached}],
//                     intervals: model or conformal,
//                     backtest: [{origin, trained_on, status, reason, metrics}],
//                     forecast: [{ds, yhat, yhat_lower, yhat_upper, level}]}},
//    history: [{ds, y}], anomalies: {…}, explanation: {…, artifact_uri}, model_uri,
//    data_quality: {…}, status}
// `forecast` is the best model's at the first level; a model's own has one row per date and level.
// `history` is the end of the series that the models saw, and what `explanation` lines up with.
// insight_json.hpp has the form of anomalies and explanation; both are null, like the URIs, when
// there is no best model.
nlohmann::json to_json(const forecast::SegmentOutcome& outcome);

// Metrics of a job so far: per model, the mean over the segments for which each is defined.
class MetricsMean {
 public:
  void add(const forecast::ModelOutcome& outcome);
  nlohmann::json json() const;

 private:
  struct Sum {
    double total = 0;
    int count = 0;
  };
  std::map<std::string, std::map<std::string, Sum>> sums_;  // model, metric
};

}  // namespace trainyard::training

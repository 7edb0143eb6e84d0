#pragma once

#include "common/base/error.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace trainyard::terminal {

// Errors of a backtest; percentages in percent. Absent where a measure is undefined (mape at zero).
struct Metrics {
  std::optional<double> mape;
  std::optional<double> smape;
  std::optional<double> mase;
  std::optional<double> rmse;
  std::optional<double> mae;
  std::optional<double> coverage;
};

struct ForecastRow {
  std::string ds;
  double yhat = 0;
  double yhat_lower = 0;
  double yhat_upper = 0;
  double level = 95;
};

// What became of one model on one segment.
struct ModelResult {
  std::string model;
  std::string status;                               // completed, failed, cancelled
  std::string reason;                               // why it has no forecast; empty when it has
  std::optional<Category> category = std::nullopt;  // of a failure
  Metrics metrics;
  std::vector<ForecastRow> forecast;
};

// An observation that the best model did not see coming; the score counts robust standard
// deviations.
struct AnomalyRow {
  std::string ds;
  double value = 0;
  double expected = 0;
  double score = 0;
  std::string direction;
};

struct SegmentResult {
  std::string segment;
  std::string best_model;  // empty when no model succeeded
  std::vector<ModelResult> models;
  std::vector<AnomalyRow> anomalies = {};
};

// The outcome of one training run, in the order of the data and of the models asked for.
struct TrainingSummary {
  std::vector<std::string> models;
  std::vector<SegmentResult> segments;
  std::string metric = "mape";  // which chose the best
};

std::optional<double> metric_of(const Metrics& metrics, const std::string& name);
int failed_segments(const TrainingSummary& summary);
// Whether there is no forecast at all, and only the data or the request are to blame.
bool is_refused(const TrainingSummary& summary);

}  // namespace trainyard::terminal

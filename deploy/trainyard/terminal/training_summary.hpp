#pragma once

#include "common/base/error.hpp"

#include <cstdint>
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

// One origin of the backtest.
struct FoldRow {
  std::string origin;  // date of the last value that was learned from
  std::int64_t trained_on = 0;
  std::string status;  // completed, failed
  std::string reason;
  Metrics metrics = {};
};

// What became of one model on one segment.
struct ModelResult {
  std::string model;
  std::string status;                               // completed, failed, cancelled
  std::string reason;                               // why it has no forecast; empty when it has
  std::optional<Category> category = std::nullopt;  // of a failure
  Metrics metrics;
  std::vector<ForecastRow> forecast;
  std::vector<FoldRow> backtest = {};
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

// A part of the best model: "trend", "covariate price".
struct ComponentRow {
  std::string name;
  double mean_absolute = 0;              // of what it adds, in units of the data
  std::optional<double> variance_share;  // percent
};

struct SegmentResult {
  std::string segment;
  std::string best_model;  // empty when no model succeeded
  std::vector<ModelResult> models;
  std::vector<AnomalyRow> anomalies = {};
  std::vector<ComponentRow> components = {};
  std::vector<std::string> warnings = {};  // what was found in its data and done about it
};

struct Mean {
  double sum = 0;
  int count = 0;

  void add(std::optional<double> value);
  std::optional<double> value() const;
};

// One model over all segments.
struct ModelTotals {
  std::string model;
  int best = 0;  // on how many segments
  int failed = 0;
  Mean mape = {};
  Mean smape = {};
  Mean mase = {};
  Mean coverage = {};
};

// The outcome of one training run, told segment by segment: totals of all, and the first segments
// as they are, so that its size does not depend on how many there are.
class TrainingSummary {
 public:
  static constexpr std::size_t kept_max = 100;

  // `asked`: the models in the order to show them in; `metric`: which chose the best.
  TrainingSummary(std::vector<std::string> asked, std::string metric)
      : asked_(std::move(asked)), metric_(std::move(metric)) {}

  // In the order of the data. Of a kept one the forecasts and backtests are dropped.
  void add(SegmentResult segment);

  const std::string& metric() const { return metric_; }
  // The first kept_max segments.
  const std::vector<SegmentResult>& first_segments() const { return first_; }
  // Those asked for, with those that `auto` stood for in its place.
  std::vector<ModelTotals> models() const;
  int segments() const { return segments_; }
  int failed_segments() const { return failed_; }
  // Of all segments.
  std::size_t warnings() const { return warnings_; }
  // Whether there is no forecast at all, and only the data or the request are to blame.
  bool is_refused() const { return segments_ > 0 && refused_ == segments_; }

 private:
  std::vector<std::string> asked_;
  std::string metric_;
  std::vector<SegmentResult> first_;
  std::vector<ModelTotals> totals_;  // in order of appearance
  int segments_ = 0;
  int failed_ = 0;
  int refused_ = 0;
  std::size_t warnings_ = 0;
};

std::optional<double> metric_of(const Metrics& metrics, const std::string& name);

}  // namespace trainyard::terminal

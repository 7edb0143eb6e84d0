#include "worker/training/results_json.hpp"

#include "worker/forecast/dates.hpp"
#include "worker/training/insight_json.hpp"

#include <algorithm>
#include <span>

namespace trainyard::training {
namespace {

using nlohmann::json;

json number(const std::optional<double>& value) {
  return value ? json(*value) : json(nullptr);
}

// Without the sign of a zero.
double figure(double value) {
  return value + 0.0;
}

json row_of(const std::string& date, const models::Forecast& forecast, std::size_t step,
            std::size_t interval) {
  return {{"ds", date},
          {"yhat", figure(forecast.mean[step])},
          {"yhat_lower", figure(forecast.intervals[interval].lower[step])},
          {"yhat_upper", figure(forecast.intervals[interval].upper[step])}};
}

json rows_of(std::span<const std::string> dates, const models::Forecast& forecast) {
  json rows = json::array();
  for (std::size_t i = 0; i < forecast.intervals.size(); ++i) {
    for (std::size_t step = 0; step < dates.size(); ++step) {
      auto& row = rows.emplace_back(row_of(dates[step], forecast, step, i));
      row["level"] = forecast.intervals[i].level;
    }
  }
  return rows;
}

json best_rows(std::span<const std::string> dates, const models::Forecast& forecast) {
  json rows = json::array();
  for (std::size_t step = 0; step < dates.size(); ++step) {
    rows.push_back(row_of(dates[step], forecast, step, 0));
  }
  return rows;
}

json history_rows(std::span<const std::string> dates, std::span<const double> values) {
  json rows = json::array();
  for (std::size_t i = 0; i < values.size(); ++i)
    rows.push_back({{"ds", dates[i]}, {"y", values[i]}});
  return rows;
}

json coverage_rows(const std::vector<forecast::LevelCoverage>& coverages) {
  json rows = json::array();
  for (const auto& [level, reached] : coverages)
    rows.push_back({{"level", level}, {"reached", reached}});
  return rows;
}

json fold_rows(const std::vector<forecast::FoldOutcome>& folds) {
  std::vector<TimePoint> origins;
  for (const auto& fold : folds)
    origins.push_back(fold.origin);
  const auto dates = forecast::format_dates(origins);
  json rows = json::array();
  for (std::size_t i = 0; i < folds.size(); ++i) {
    const auto& problem = folds[i].problem;
    rows.push_back({{"origin", dates[i]},
                    {"trained_on", folds[i].window.length()},
                    {"status", problem ? "failed" : "completed"},
                    {"reason", problem ? json(describe(*problem)) : json(nullptr)},
                    {"metrics", to_json(folds[i].scores)}});
  }
  return rows;
}

json model_json(const forecast::ModelOutcome& model, std::span<const std::string> dates) {
  if (model.problem) {
    return {{"status", "failed"},
            {"reason", describe(*model.problem)},
            {"category", to_string(category_of(*model.problem))},
            {"description", nullptr},
            {"metrics", to_json(model.scores)},
            {"coverage", json::array()},
            {"intervals", nullptr},
            {"backtest", fold_rows(model.folds)},
            {"forecast", json::array()}};
  }
  return {{"status", "completed"},
          {"reason", nullptr},
          {"category", nullptr},
          {"description", model.description},
          {"metrics", to_json(model.scores)},
          {"coverage", coverage_rows(model.scores.coverages)},
          {"intervals", model.conformal.empty() ? "model" : "conformal"},
          {"backtest", fold_rows(model.folds)},
          {"forecast", rows_of(dates, model.forecast)}};
}

json dated_json(const forecast::DatedValues& found) {
  return {{"count", found.count}, {"first", forecast::format_dates(found.first)}};
}

json demand_json(const std::optional<forecast::Demand>& demand) {
  if (!demand) return nullptr;
  return {{"pattern", forecast::to_string(demand->pattern)},
          {"adi", demand->interval},
          {"cv2", demand->variation}};
}

// By the best model's backtest.
std::int64_t tested_values(const forecast::SegmentOutcome& outcome) {
  const auto best =
      std::ranges::find(outcome.models, outcome.best_model, &forecast::ModelOutcome::model);
  return best == outcome.models.end() ? 0 : best->scores.tested;
}

json quality_json(const forecast::SegmentOutcome& outcome) {
  const auto& quality = outcome.quality;
  const auto& found = quality.findings;
  return {{"rows", quality.rows},
          {"periods", quality.periods},
          {"interpolated", quality.interpolated},
          {"leading_gaps", quality.leading_gaps},
          {"trailing_gaps", quality.trailing_gaps},
          {"was_unsorted", quality.was_unsorted},
          {"is_constant", quality.is_constant},
          {"is_zero", quality.is_zero},
          {"zeros", found.zeros},
          {"leading_zeros", found.leading_zeros},
          {"trailing_zeros", found.trailing_zeros},
          {"demand", demand_json(found.demand)},
          {"negatives", dated_json(found.negatives)},
          {"outliers", dated_json(found.outliers)},
          {"level_shifts", dated_json(found.level_shifts)},
          {"backtest_windows", outcome.windows},
          {"tested_values", tested_values(outcome)},
          {"chosen_by", outcome.metric.empty() ? json(nullptr) : json(outcome.metric)},
          {"warnings", quality.warnings}};
}

}  // namespace

json to_json(const Error& error) {
  return {{"detail", error.detail},
          {"category", to_string(category_of(error))},
          {"field", error.field.empty() ? json(nullptr) : json(error.field)},
          {"row", error.row ? json(*error.row) : json(nullptr)},
          {"hint", error.hint.empty() ? json(nullptr) : json(error.hint)}};
}

json to_json(const forecast::Scores& scores) {
  return {{"mape", number(scores.mape)}, {"smape", number(scores.smape)},
          {"mase", number(scores.mase)}, {"rmse", number(scores.rmse)},
          {"mae", number(scores.mae)},   {"coverage", number(scores.coverage)}};
}

json to_json(const forecast::SegmentOutcome& outcome) {
  json out{{"status", outcome.problem ? "failed" : "completed"},
           {"best_model", nullptr},
           {"metrics", json::object()},
           {"forecast", json::array()},
           {"models", json::object()},
           {"history", json::array()},
           {"anomalies", nullptr},
           {"explanation", nullptr},
           {"model_uri", nullptr},
           {"data_quality", quality_json(outcome)}};
  if (outcome.problem) out["error"] = to_json(*outcome.problem);
  const auto& history = outcome.history;
  auto times = history.dates;
  times.insert(times.end(), outcome.dates.begin(), outcome.dates.end());
  const auto all_dates = forecast::format_dates(times);  // together, so that they look alike
  const auto past = std::span(all_dates).first(history.dates.size());
  const auto dates = std::span(all_dates).subspan(history.dates.size());
  out["history"] = history_rows(past, history.values);
  for (const auto& model : outcome.models) {
    out["models"][model.model] = model_json(model, dates);
    if (model.problem) continue;
    out["metrics"][model.model] = to_json(model.scores);
    if (model.model != outcome.best_model) continue;
    out["best_model"] = model.model;
    out["forecast"] = best_rows(dates, model.forecast);
  }
  if (outcome.problem) return out;
  out["anomalies"] = anomalies_json(outcome.insight.anomalies);
  out["explanation"] = explanation_json(outcome, history.values.size());
  out["explanation"]["artifact_uri"] = nullptr;
  return out;
}

void MetricsMean::add(const forecast::ModelOutcome& outcome) {
  if (outcome.problem) return;
  auto& model = sums_[outcome.model];
  const auto scores = to_json(outcome.scores);
  for (const auto& [metric, value] : scores.items()) {
    auto& sum = model[metric];
    if (!value.is_number()) continue;
    sum.total += value.get<double>();
    ++sum.count;
  }
}

json MetricsMean::json() const {
  auto out = nlohmann::json::object();
  for (const auto& [model, metrics] : sums_) {
    for (const auto& [metric, sum] : metrics) {
      out[model][metric] = sum.count > 0 ? nlohmann::json(sum.total / sum.count) : nullptr;
    }
  }
  return out;
}

}  // namespace trainyard::training

#include "deploy/trainyard/terminal/training_summary.hpp"

#include <algorithm>

namespace trainyard::terminal {

namespace {

bool is_refused_whole(const SegmentResult& segment) {
  return !segment.models.empty() && std::ranges::all_of(segment.models, [](const auto& model) {
    return model.category == Category::data || model.category == Category::config;
  });
}

}  // namespace

std::optional<double> metric_of(const Metrics& metrics, const std::string& name) {
  if (name == "mape") return metrics.mape;
  if (name == "smape") return metrics.smape;
  if (name == "mase") return metrics.mase;
  if (name == "rmse") return metrics.rmse;
  if (name == "mae") return metrics.mae;
  return std::nullopt;
}

void Mean::add(std::optional<double> value) {
  if (!value) return;
  sum += *value;
  ++count;
}

std::optional<double> Mean::value() const {
  return count == 0 ? std::nullopt : std::optional(sum / count);
}

void TrainingSummary::add(SegmentResult segment) {
  ++segments_;
  failed_ += segment.best_model.empty() ? 1 : 0;
  refused_ += is_refused_whole(segment) ? 1 : 0;
  for (const auto& result : segment.models) {
    auto totals = std::ranges::find(totals_, result.model, &ModelTotals::model);
    if (totals == totals_.end()) totals = totals_.insert(totals_.end(), {.model = result.model});
    totals->best += segment.best_model == result.model ? 1 : 0;
    totals->failed += result.status == "completed" ? 0 : 1;
    totals->mape.add(result.metrics.mape);
    totals->smape.add(result.metrics.smape);
    totals->mase.add(result.metrics.mase);
    totals->coverage.add(result.metrics.coverage);
  }
  warnings_ += segment.warnings.size();
  if (first_.size() == kept_max) return;
  for (auto& model : segment.models) {
    model.forecast = {};
    model.backtest = {};
  }
  first_.push_back(std::move(segment));
}

std::vector<ModelTotals> TrainingSummary::models() const {
  std::vector<ModelTotals> models;
  for (const auto& name : asked_)
    std::ranges::copy_if(totals_, std::back_inserter(models),
                         [&](const auto& totals) { return totals.model == name; });
  std::ranges::copy_if(totals_, std::back_inserter(models), [this](const auto& totals) {
    return std::ranges::find(asked_, totals.model) == asked_.end();
  });
  return models;
}

}  // namespace trainyard::terminal

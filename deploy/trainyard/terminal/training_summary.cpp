#include "deploy/trainyard/terminal/training_summary.hpp"

#include <algorithm>

namespace trainyard::terminal {

std::optional<double> metric_of(const Metrics& metrics, const std::string& name) {
  if (name == "mape") return metrics.mape;
  if (name == "smape") return metrics.smape;
  if (name == "mase") return metrics.mase;
  if (name == "rmse") return metrics.rmse;
  if (name == "mae") return metrics.mae;
  return std::nullopt;
}

int failed_segments(const TrainingSummary& summary) {
  return static_cast<int>(
      std::ranges::count_if(summary.segments, [](const auto& s) { return s.best_model.empty(); }));
}

bool is_refused(const TrainingSummary& summary) {
  return !summary.segments.empty() &&
         std::ranges::all_of(summary.segments, [](const auto& segment) {
           return !segment.models.empty() &&
                  std::ranges::all_of(segment.models, [](const auto& model) {
                    return model.category == Category::data || model.category == Category::config;
                  });
         });
}

}  // namespace trainyard::terminal

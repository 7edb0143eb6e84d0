#include "deploy/trainyard/terminal/leaderboard.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trainyard::terminal {
namespace {

constexpr std::size_t column_width = 15;

std::string shorten(const std::string& name, std::size_t width) {
  if (name.size() <= width) return name;
  const auto head = (width - 2) / 2;
  return name.substr(0, head) + ".." + name.substr(name.size() - (width - 2 - head));
}

const ModelResult* find(const SegmentResult& segment, const std::string& model) {
  const auto found = std::ranges::find(segment.models, model, &ModelResult::model);
  return found == segment.models.end() ? nullptr : &*found;
}

std::string number(std::optional<double> value) {
  return value ? fmt::format("{:.2f}", *value) : "-";
}

std::string cell(const SegmentResult& segment, const std::string& model,
                 const std::string& metric) {
  const auto* result = find(segment, model);
  if (result == nullptr) return "-";
  if (result->status != "completed") return result->status;
  return number(metric_of(result->metrics, metric)) + (segment.best_model == model ? "*" : " ");
}

std::string model_line(const ModelTotals& totals, std::size_t name_width) {
  return fmt::format("{:<{}}{:>9}{:>9}{:>9}{:>9}{:>11}{:>9}\n", totals.model, name_width,
                     totals.best, number(totals.mape.value()), number(totals.smape.value()),
                     number(totals.mase.value()), number(totals.coverage.value()), totals.failed);
}

}  // namespace

std::string render_leaderboard(const TrainingSummary& summary, std::size_t name_width) {
  const auto models = summary.models();
  std::string text = fmt::format("{:<{}}", "segment (" + summary.metric() + ")", name_width);
  for (const auto& totals : models)
    text += fmt::format("{:>{}}", totals.model, column_width);
  text += '\n';
  const auto& shown = summary.first_segments();
  for (const auto& segment : shown) {
    text += fmt::format("{:<{}}", shorten(segment.segment, name_width - 1), name_width);
    for (const auto& totals : models) {
      text += fmt::format("{:>{}}", cell(segment, totals.model, summary.metric()), column_width);
    }
    text += '\n';
  }
  if (const auto more = summary.segments() - static_cast<int>(shown.size()); more > 0) {
    text += fmt::format("and {} more segments: metrics.csv has them all\n", more);
  }
  text += fmt::format("\n{:<{}}{:>9}{:>9}{:>9}{:>9}{:>11}{:>9}\n", "model (means)", name_width,
                      "best on", "mape", "smape", "mase", "coverage", "failed");
  for (const auto& totals : models)
    text += model_line(totals, name_width);
  return text;
}

}  // namespace trainyard::terminal

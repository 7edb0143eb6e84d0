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

struct Mean {
  double sum = 0;
  int count = 0;

  void add(std::optional<double> value) {
    if (!value) return;
    sum += *value;
    ++count;
  }
  std::optional<double> value() const {
    return count == 0 ? std::nullopt : std::optional(sum / count);
  }
};

std::string model_line(const TrainingSummary& summary, const std::string& model,
                       std::size_t name_width) {
  Mean mape, smape, mase, coverage;
  int best = 0;
  int failed = 0;
  for (const auto& segment : summary.segments) {
    const auto* result = find(segment, model);
    if (result == nullptr) continue;
    best += segment.best_model == model ? 1 : 0;
    failed += result->status == "completed" ? 0 : 1;
    mape.add(result->metrics.mape);
    smape.add(result->metrics.smape);
    mase.add(result->metrics.mase);
    coverage.add(result->metrics.coverage);
  }
  return fmt::format("{:<{}}{:>9}{:>9}{:>9}{:>9}{:>11}{:>9}\n", model, name_width, best,
                     number(mape.value()), number(smape.value()), number(mase.value()),
                     number(coverage.value()), failed);
}

}  // namespace

std::string render_leaderboard(const TrainingSummary& summary, std::size_t name_width) {
  std::string text = fmt::format("{:<{}}", "segment (" + summary.metric + ")", name_width);
  for (const auto& model : summary.models)
    text += fmt::format("{:>{}}", model, column_width);
  text += '\n';
  for (const auto& segment : summary.segments) {
    text += fmt::format("{:<{}}", shorten(segment.segment, name_width - 1), name_width);
    for (const auto& model : summary.models) {
      text += fmt::format("{:>{}}", cell(segment, model, summary.metric), column_width);
    }
    text += '\n';
  }
  text += fmt::format("\n{:<{}}{:>9}{:>9}{:>9}{:>9}{:>11}{:>9}\n", "model (means)", name_width,
                      "best on", "mape", "smape", "mase", "coverage", "failed");
  for (const auto& model : summary.models)
    text += model_line(summary, model, name_width);
  return text;
}

}  // namespace trainyard::terminal

#include "deploy/trainyard/terminal/result_files.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trainyard::terminal {
namespace {

std::string text_cell(std::string text) {
  if (!text.empty() && std::string_view("=+-@\t\r").contains(text.front())) text.insert(0, "'");
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string number_cell(std::optional<double> value) {
  return value ? fmt::format("{}", *value) : "";
}

void append_forecast(std::ostream& file, const SegmentResult& segment, const ModelResult& model,
                     std::optional<double> only_level = std::nullopt) {
  for (const auto& row : model.forecast) {
    if (only_level && row.level != *only_level) continue;
    file << fmt::format("{},{},{},{},{},{},{}\n", text_cell(segment.segment),
                        text_cell(model.model), row.ds, row.yhat, row.yhat_lower, row.yhat_upper,
                        row.level);
  }
}

void append_metrics(std::ostream& file, const SegmentResult& segment, const ModelResult& model) {
  const auto& m = model.metrics;
  file << fmt::format("{},{},{},{},{},{},{},{},{},{}\n", text_cell(segment.segment),
                      text_cell(model.model), number_cell(m.mape), number_cell(m.smape),
                      number_cell(m.mase), number_cell(m.rmse), number_cell(m.mae),
                      number_cell(m.coverage), model.status, text_cell(model.reason));
}

}  // namespace

ResultFiles::ResultFiles(const std::filesystem::path& directory)
    : forecast_{.path = directory / "forecast.csv", .stream = {}},
      metrics_{.path = directory / "metrics.csv", .stream = {}},
      best_{.path = directory / "best.csv", .stream = {}},
      anomalies_{.path = directory / "anomalies.csv", .stream = {}} {
  std::error_code ignored;
  std::filesystem::create_directories(directory, ignored);
  for (auto* file : {&forecast_, &metrics_, &best_, &anomalies_})
    file->stream.open(file->path, std::ios::binary);
  for (auto* file : {&forecast_, &best_})
    file->stream << "segment,model,ds,yhat,yhat_lower,yhat_upper,level\n";
  anomalies_.stream << "segment,model,ds,value,expected,score,direction\n";
  metrics_.stream << "segment,model,mape,smape,mase,rmse,mae,coverage,status,reason\n";
}

void ResultFiles::add(const SegmentResult& segment) {
  for (const auto& model : segment.models) {
    append_forecast(forecast_.stream, segment, model);
    append_metrics(metrics_.stream, segment, model);
  }
  for (const auto& row : segment.anomalies) {
    anomalies_.stream << fmt::format("{},{},{},{},{},{},{}\n", text_cell(segment.segment),
                                     text_cell(segment.best_model), row.ds, row.value, row.expected,
                                     row.score, row.direction);
  }
  const auto best = std::ranges::find(segment.models, segment.best_model, &ModelResult::model);
  if (best == segment.models.end() || best->forecast.empty()) return;
  append_forecast(best_.stream, segment, *best, best->forecast.front().level);
}

Result<void> ResultFiles::close() {
  for (auto* file : {&forecast_, &metrics_, &best_, &anomalies_}) {
    file->stream.close();
    if (file->stream) continue;
    return fail(Error{.code = Errc::invalid_argument,
                      .detail = fmt::format("{} cannot be written", file->path.string()),
                      .field = "--output",
                      .hint = "choose a directory that you may write to"});
  }
  return {};
}

}  // namespace trainyard::terminal

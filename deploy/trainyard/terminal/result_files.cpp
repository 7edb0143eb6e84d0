#include "deploy/trainyard/terminal/result_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

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

void append_forecast(std::string& file, const SegmentResult& segment, const ModelResult& model,
                     std::optional<double> only_level = std::nullopt) {
  for (const auto& row : model.forecast) {
    if (only_level && row.level != *only_level) continue;
    file +=
        fmt::format("{},{},{},{},{},{},{}\n", text_cell(segment.segment), text_cell(model.model),
                    row.ds, row.yhat, row.yhat_lower, row.yhat_upper, row.level);
  }
}

std::string forecast_file(const TrainingSummary& summary) {
  std::string file = "segment,model,ds,yhat,yhat_lower,yhat_upper,level\n";
  for (const auto& segment : summary.segments) {
    for (const auto& model : segment.models)
      append_forecast(file, segment, model);
  }
  return file;
}

std::string best_file(const TrainingSummary& summary) {
  std::string file = "segment,model,ds,yhat,yhat_lower,yhat_upper,level\n";
  for (const auto& segment : summary.segments) {
    const auto best = std::ranges::find(segment.models, segment.best_model, &ModelResult::model);
    if (best == segment.models.end() || best->forecast.empty()) continue;
    append_forecast(file, segment, *best, best->forecast.front().level);
  }
  return file;
}

std::string metrics_file(const TrainingSummary& summary) {
  std::string file = "segment,model,mape,smape,mase,rmse,mae,coverage,status,reason\n";
  for (const auto& segment : summary.segments) {
    for (const auto& model : segment.models) {
      const auto& m = model.metrics;
      file += fmt::format("{},{},{},{},{},{},{},{},{},{}\n", text_cell(segment.segment),
                          text_cell(model.model), number_cell(m.mape), number_cell(m.smape),
                          number_cell(m.mase), number_cell(m.rmse), number_cell(m.mae),
                          number_cell(m.coverage), model.status, text_cell(model.reason));
    }
  }
  return file;
}

Result<void> write_file(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) {
    return fail(Error{.code = Errc::invalid_argument,
                      .detail = fmt::format("{} cannot be written", path.string()),
                      .field = "--output",
                      .hint = "choose a directory that you may write to"});
  }
  return {};
}

}  // namespace

Result<void> write_result_files(const TrainingSummary& summary,
                                const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  TRY_DO(write_file(directory / "forecast.csv", forecast_file(summary)));
  TRY_DO(write_file(directory / "metrics.csv", metrics_file(summary)));
  return write_file(directory / "best.csv", best_file(summary));
}

}  // namespace trainyard::terminal

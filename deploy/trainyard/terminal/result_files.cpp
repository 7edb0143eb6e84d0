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

std::string cells_of(const Metrics& m) {
  return fmt::format("{},{},{},{},{},{}", number_cell(m.mape), number_cell(m.smape),
                     number_cell(m.mase), number_cell(m.rmse), number_cell(m.mae),
                     number_cell(m.coverage));
}

void append_metrics(std::ostream& file, const SegmentResult& segment, const ModelResult& model) {
  file << fmt::format("{},{},{},{},{}\n", text_cell(segment.segment), text_cell(model.model),
                      cells_of(model.metrics), model.status, text_cell(model.reason));
}

void append_backtest(std::ostream& file, const SegmentResult& segment, const ModelResult& model) {
  for (const auto& fold : model.backtest) {
    file << fmt::format("{},{},{},{},{},{},{}\n", text_cell(segment.segment),
                        text_cell(model.model), fold.origin, fold.trained_on,
                        cells_of(fold.metrics), fold.status, text_cell(fold.reason));
  }
}

constexpr const char* forecast_columns = "segment,model,ds,yhat,yhat_lower,yhat_upper,level";

}  // namespace

ResultFiles::File::File(const std::filesystem::path& directory, const char* name,
                        const char* columns)
    : path(directory / name) {
  std::error_code ignored;
  std::filesystem::create_directories(directory, ignored);
  stream.open(path, std::ios::binary);
  stream << columns << '\n';
}

ResultFiles::ResultFiles(const std::filesystem::path& directory)
    : forecast_(directory, "forecast.csv", forecast_columns),
      metrics_(directory, "metrics.csv",
               "segment,model,mape,smape,mase,rmse,mae,coverage,status,reason"),
      best_(directory, "best.csv", forecast_columns),
      backtest_(directory, "backtest.csv",
                "segment,model,origin,trained_on,mape,smape,mase,rmse,mae,coverage,status,reason"),
      anomalies_(directory, "anomalies.csv", "segment,model,ds,value,expected,score,direction"),
      components_(directory, "components.csv",
                  "segment,model,component,mean_absolute,variance_share"),
      warnings_(directory, "warnings.csv", "segment,warning") {}

std::array<ResultFiles::File*, 7> ResultFiles::all() {
  return {&forecast_, &metrics_, &best_, &backtest_, &anomalies_, &components_, &warnings_};
}

void ResultFiles::add(const SegmentResult& segment) {
  for (const auto& model : segment.models) {
    append_forecast(forecast_.stream, segment, model);
    append_metrics(metrics_.stream, segment, model);
    append_backtest(backtest_.stream, segment, model);
  }
  for (const auto& row : segment.anomalies) {
    anomalies_.stream << fmt::format("{},{},{},{},{},{},{}\n", text_cell(segment.segment),
                                     text_cell(segment.best_model), row.ds, row.value, row.expected,
                                     row.score, row.direction);
  }
  for (const auto& row : segment.components) {
    components_.stream << fmt::format("{},{},{},{},{}\n", text_cell(segment.segment),
                                      text_cell(segment.best_model), text_cell(row.name),
                                      row.mean_absolute, number_cell(row.variance_share));
  }
  for (const auto& warning : segment.warnings)
    warnings_.stream << fmt::format("{},{}\n", text_cell(segment.segment), text_cell(warning));
  const auto best = std::ranges::find(segment.models, segment.best_model, &ModelResult::model);
  if (best == segment.models.end() || best->forecast.empty()) return;
  append_forecast(best_.stream, segment, *best, best->forecast.front().level);
}

Result<void> ResultFiles::close() {
  for (auto* file : all()) {
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

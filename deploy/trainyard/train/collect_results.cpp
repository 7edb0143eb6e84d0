#include "deploy/trainyard/train/collect_results.hpp"

#include "api/service/batch_report.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace trainyard {
namespace {

using nlohmann::json;
using terminal::ModelResult;

constexpr std::size_t segments_read = 100;  // at a time

std::optional<double> number_at(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number()) return std::nullopt;
  return found->get<double>();
}

terminal::Metrics metrics_of(const json& values) {
  return {.mape = number_at(values, "mape"),
          .smape = number_at(values, "smape"),
          .mase = number_at(values, "mase"),
          .rmse = number_at(values, "rmse"),
          .mae = number_at(values, "mae"),
          .coverage = number_at(values, "coverage")};
}

ModelResult result_of(const domain::Job& job) {
  return {.model = job.model,
          .status = std::string(to_string(job.status)),
          .reason = job.error,
          .category = job.error_category};
}

ModelResult result_of(const std::string& name, const json& model) {
  ModelResult result{.model = name,
                     .status = model["status"],
                     .reason = model["reason"].is_null() ? "" : model["reason"],
                     .metrics = metrics_of(model["metrics"])};
  if (model["category"].is_string()) {
    result.category = category_from(model["category"].get<std::string>());
  }
  for (const auto& fold : model["backtest"]) {
    result.backtest.push_back({.origin = fold["origin"],
                               .trained_on = fold["trained_on"],
                               .status = fold["status"],
                               .reason = fold["reason"].is_null() ? "" : fold["reason"],
                               .metrics = metrics_of(fold["metrics"])});
  }
  for (const auto& row : model["forecast"]) {
    result.forecast.push_back({.ds = row["ds"],
                               .yhat = row["yhat"],
                               .yhat_lower = row["yhat_lower"],
                               .yhat_upper = row["yhat_upper"],
                               .level = row["level"]});
  }
  return result;
}

// What the best model's job tells of the segment, and which model it took for the best.
void add_insight(const json& results, terminal::SegmentResult& segment) {
  if (const auto& best = results["best_model"]; best.is_string()) segment.best_model = best;
  for (const auto& row : results["anomalies"]["listed"]) {
    segment.anomalies.push_back({.ds = row["ds"],
                                 .value = row["value"],
                                 .expected = row["expected"],
                                 .score = row["score"],
                                 .direction = row["direction"]});
  }
  for (const auto& part : results["explanation"]["components"]) {
    segment.components.push_back({.name = part["name"],
                                  .mean_absolute = part["mean_absolute"],
                                  .variance_share = number_at(part, "variance_share")});
  }
  segment.warnings = results["data_quality"]["warnings"];
}

// A job of one model adds that one, a job of `auto` all that it tried, under their own names.
Result<void> add_results(ports::JobStore& store, const domain::Job& job,
                         const std::string& best_job, terminal::SegmentResult& segment) {
  TRY(const auto text, store.results(job.id));
  const auto results = json::parse(text, nullptr, false);
  const auto models = results.find("models");
  if (models == results.end() || !models->is_object() || models->empty()) {
    return fail(Errc::corrupt_data, "the results of job " + job.id.to_string() + " do not parse");
  }
  if (job.id.to_string() == best_job) add_insight(results, segment);
  if (models->contains(job.model)) {
    segment.models.push_back(result_of(job.model, (*models)[job.model]));
    return {};
  }
  for (const auto& [name, model] : models->items())
    segment.models.push_back(result_of(name, model));
  return {};
}

json to_json(std::optional<double> value) {
  return value ? json(*value) : json(nullptr);
}

json to_json(const ModelResult& model) {
  const auto& m = model.metrics;
  return {{"status", model.status},
          {"reason", model.reason.empty() ? json(nullptr) : json(model.reason)},
          {"metrics",
           {{"mape", to_json(m.mape)},
            {"smape", to_json(m.smape)},
            {"mase", to_json(m.mase)},
            {"rmse", to_json(m.rmse)},
            {"mae", to_json(m.mae)},
            {"coverage", to_json(m.coverage)}}}};
}

Result<void> collect_segment(ports::JobStore& store, std::vector<domain::Job> jobs,
                             const std::vector<std::string>& models, const std::string& metric,
                             const std::function<void(terminal::SegmentResult)>& take) {
  const auto report = service::report_segment(std::move(jobs), metric, models);
  terminal::SegmentResult segment{.segment = report.segment_id, .best_model = report.best_model};
  for (const auto& job : report.jobs) {
    if (job.status == domain::JobStatus::completed) {
      TRY_DO(add_results(store, job, report.best_job, segment));
    } else {
      segment.models.push_back(result_of(job));
    }
  }
  take(std::move(segment));
  return {};
}

}  // namespace

Result<void> collect_results(ports::JobStore& store, std::span<const JobId> jobs,
                             const std::vector<std::string>& models, const std::string& metric,
                             const std::function<void(terminal::SegmentResult)>& take) {
  const auto read_max = segments_read * models.size();
  for (std::size_t first = 0; first < jobs.size(); first += read_max) {
    TRY(auto read, store.get_many(jobs.subspan(first, std::min(read_max, jobs.size() - first))));
    for (auto& segment : service::by_segment(std::move(read)))
      TRY_DO(collect_segment(store, std::move(segment), models, metric, take));
  }
  return {};
}

std::string to_json(const terminal::SegmentResult& segment) {
  json models = json::object();
  for (const auto& model : segment.models)
    models[model.model] = to_json(model);
  return json{{"segment_id", segment.segment},
              {"best_model", segment.best_model.empty() ? json(nullptr) : json(segment.best_model)},
              {"models", std::move(models)},
              {"warnings", segment.warnings}}
      .dump();
}

}  // namespace trainyard

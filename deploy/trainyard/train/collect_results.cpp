#include "deploy/trainyard/train/collect_results.hpp"

#include "api/service/batch_report.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace trainyard {
namespace {

using nlohmann::json;
using terminal::ModelResult;

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

Result<ModelResult> completed_result(ports::JobStore& store, const domain::Job& job) {
  auto result = result_of(job);
  result.reason.clear();
  TRY(const auto text, store.results(job.id));
  const auto results = json::parse(text, nullptr, false);
  const auto models = results.find("models");
  if (models == results.end() || !models->contains(job.model)) {
    return fail(Errc::corrupt_data, "the results of job " + job.id.to_string() + " do not parse");
  }
  const auto& model = (*models)[job.model];
  result.metrics = metrics_of(model["metrics"]);
  for (const auto& row : model["forecast"]) {
    result.forecast.push_back({.ds = row["ds"],
                               .yhat = row["yhat"],
                               .yhat_lower = row["yhat_lower"],
                               .yhat_upper = row["yhat_upper"],
                               .level = row["level"]});
  }
  return result;
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

}  // namespace

Result<terminal::TrainingSummary> collect_results(ports::JobStore& store, BatchId batch,
                                                  const std::vector<std::string>& models,
                                                  const std::string& metric) {
  TRY(auto jobs, store.batch_jobs(batch));
  terminal::TrainingSummary summary{.models = models, .metric = metric};
  for (auto& jobs_of_segment : service::by_segment(std::move(jobs))) {
    const auto report = service::report_segment(std::move(jobs_of_segment), metric, models);
    terminal::SegmentResult segment{.segment = report.segment_id, .best_model = report.best_model};
    for (const auto& job : report.jobs) {
      if (job.status != domain::JobStatus::completed) {
        segment.models.push_back(result_of(job));
        continue;
      }
      TRY(auto result, completed_result(store, job));
      segment.models.push_back(std::move(result));
    }
    summary.segments.push_back(std::move(segment));
  }
  return summary;
}

std::string to_json(const terminal::TrainingSummary& summary, BatchId batch) {
  json segments = json::array();
  for (const auto& segment : summary.segments) {
    json models = json::object();
    for (const auto& model : segment.models)
      models[model.model] = to_json(model);
    segments.push_back(
        {{"segment_id", segment.segment},
         {"best_model", segment.best_model.empty() ? json(nullptr) : json(segment.best_model)},
         {"models", std::move(models)}});
  }
  return json{{"batch_id", batch.to_string()},
              {"metric", summary.metric},
              {"segments", std::move(segments)},
              {"failed_segments", terminal::failed_segments(summary)}}
      .dump(2);
}

}  // namespace trainyard

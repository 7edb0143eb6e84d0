#include "common/wire/training_task.hpp"

#include "common/wire/json_text.hpp"

#include <nlohmann/json.hpp>

namespace trainyard::wire {
namespace {

using nlohmann::json;

std::unexpected<Error> corrupt(const char* what) {
  return fail(Errc::corrupt_data, what);
}

}  // namespace

std::string to_json(const TrainingRequest& request) {
  return JsonText()
      .text("job_id", request.job_id.to_string())
      .text_or_null("batch_id", request.batch_id ? request.batch_id->to_string() : std::string())
      .number("fence", request.fence)
      .number("threads", request.threads)
      .object("config", request.config)
      .take();
}

std::string to_json(const TrainingAnswer& answer) {
  return JsonText()
      .object("results", answer.results)
      .object("metrics", answer.metrics)
      .text("artifact_uri", answer.artifact_uri)
      .take();
}

Result<TrainingRequest> parse_training_request(std::string_view text) {
  const auto tree = json::parse(text, nullptr, false);
  if (!tree.is_object() || !tree.contains("config") || !tree.value("job_id", json()).is_string() ||
      !tree.value("fence", json()).is_number_integer()) {
    return corrupt("a training request has job_id, fence and config");
  }
  const auto job_id = JobId::parse(tree["job_id"].get<std::string>());
  if (!job_id) return corrupt("a training request's job_id is a UUID");
  std::optional<BatchId> batch_id;
  if (const auto batch = tree.value("batch_id", json()); batch.is_string()) {
    batch_id = BatchId::parse(batch.get<std::string>());
    if (!batch_id) return corrupt("a training request's batch_id is a UUID");
  }
  const auto threads = tree.value("threads", json(1));
  if (!threads.is_number_integer()) return corrupt("a training request's threads are a number");
  return TrainingRequest{.job_id = *job_id,
                         .batch_id = batch_id,
                         .fence = tree["fence"].get<std::int64_t>(),
                         .threads = threads.get<int>(),
                         .config = tree["config"].dump()};
}

Result<TrainingAnswer> parse_training_answer(std::string_view text) {
  const auto tree = json::parse(text, nullptr, false);
  if (!tree.is_object() || !tree.contains("results") || !tree.contains("metrics") ||
      !tree.value("artifact_uri", json()).is_string()) {
    return corrupt("a training answers with results, metrics and artifact_uri");
  }
  return TrainingAnswer{.results = tree["results"].dump(),
                        .metrics = tree["metrics"].dump(),
                        .artifact_uri = tree["artifact_uri"].get<std::string>()};
}

std::string job_folder(JobId job, std::int64_t fence) {
  return "jobs/" + job.to_string() + "." + std::to_string(fence);
}

std::string fits_folder(BatchId batch) {
  return "fits/" + batch.to_string();
}

std::string fits_folder(JobId job) {
  return "fits/job-" + job.to_string();
}

std::string drill_of(std::string_view config) {
  if (config.find("\"drill\"") == std::string_view::npos) return {};
  const auto tree = json::parse(config, nullptr, false);
  if (!tree.is_object()) return {};
  const auto drill = tree.find("drill");
  return drill != tree.end() && drill->is_string() ? drill->get<std::string>() : std::string();
}

}  // namespace trainyard::wire

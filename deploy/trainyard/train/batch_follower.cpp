#include "deploy/trainyard/train/batch_follower.hpp"

#include "common/domain/job_status.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace trainyard {
namespace {

constexpr int polled_max = 2'000;
// An estimate from the first few percent would only be noise.
constexpr int percent_for_estimate = 3;

}  // namespace

Result<BatchFollower> BatchFollower::make(ports::EventBus& bus) {
  TRY(auto events, bus.subscribe({.topics = {ports::topics::job_events}, .buffered_max = 50'000}));
  return BatchFollower(std::move(events));
}

void BatchFollower::expect(const std::vector<domain::NewJob>& jobs) {
  for (const auto& job : jobs) {
    auto model = std::ranges::find(models_, job.model, &terminal::ModelProgress::model);
    if (model == models_.end()) model = models_.insert(models_.end(), {.model = job.model});
    ++model->total;
    open_.emplace(job.id.to_string(),
                  OpenJob{.model = static_cast<std::size_t>(model - models_.begin())});
  }
}

Result<void> BatchFollower::poll(std::chrono::milliseconds patience) {
  TRY(const auto deliveries, events_->poll(polled_max, patience));
  for (const auto& delivery : deliveries)
    take_in(delivery.message);
  return {};
}

void BatchFollower::take_in(const ports::Message& message) {
  const auto event = nlohmann::json::parse(message.value, nullptr, false);
  if (!event.is_object() || !event.contains("data")) return;
  const auto& data = event["data"];
  const auto text_at = [&](const char* key) {
    const auto found = data.find(key);
    return found != data.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  const auto job = open_.find(text_at("job_id"));
  if (job == open_.end()) return;
  const auto status = domain::status_from(text_at("status"));
  if (!status || !domain::is_terminal(*status)) {
    const auto percent = data.find("progress");
    if (percent != data.end() && percent->is_number()) job->second.percent = percent->get<int>();
    return;
  }
  auto& model = models_[job->second.model];
  ++model.done;
  if (*status != domain::JobStatus::completed) ++model.failed;
  open_.erase(job);
}

terminal::BatchProgress BatchFollower::progress() const {
  terminal::BatchProgress progress{.models = models_};
  int total = 0;
  int sum = 0;
  for (const auto& model : models_) {
    total += model.total;
    sum += model.done * 100;
  }
  for (const auto& [id, job] : open_)
    sum += job.percent;
  progress.percent = total == 0 ? 0 : sum / total;
  if (progress.percent >= percent_for_estimate && progress.percent < 100) {
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - began_;
    progress.remaining = std::chrono::ceil<std::chrono::seconds>(
        spent * (100.0 - progress.percent) / progress.percent);
  }
  return progress;
}

}  // namespace trainyard

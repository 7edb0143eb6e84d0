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

void BatchFollower::expect(std::span<const JobId> jobs, const std::vector<std::string>& models) {
  const auto total = static_cast<int>(jobs.size() / models.size());
  for (const auto& model : models)
    models_.push_back({.model = model, .total = total});
  for (std::size_t i = 0; i < jobs.size(); ++i)
    jobs_.push_back({.id = jobs[i], .model = static_cast<std::uint16_t>(i % models.size())});
  std::ranges::sort(jobs_, {}, &Expected::id);
  open_ = jobs_.size();
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
  const auto id = JobId::parse(text_at("job_id"));
  if (!id) return;
  const auto job = std::ranges::lower_bound(jobs_, *id, {}, &Expected::id);
  if (job == jobs_.end() || job->id != *id || !job->is_open) return;
  const auto reach = [&](int percent) {
    percents_ += percent - job->percent;
    job->percent = static_cast<std::uint8_t>(percent);
  };
  const auto status = domain::status_from(text_at("status"));
  if (!status || !domain::is_terminal(*status)) {
    const auto percent = data.find("progress");
    if (percent != data.end() && percent->is_number()) {
      reach(std::clamp(percent->get<int>(), 0, 100));
    }
    return;
  }
  reach(100);
  auto& model = models_[job->model];
  ++model.done;
  if (*status != domain::JobStatus::completed) ++model.failed;
  job->is_open = false;
  --open_;
}

terminal::BatchProgress BatchFollower::progress() const {
  terminal::BatchProgress progress{.models = models_};
  if (!jobs_.empty())
    progress.percent = static_cast<int>(percents_ / static_cast<std::int64_t>(jobs_.size()));
  if (progress.percent >= percent_for_estimate && progress.percent < 100) {
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - began_;
    progress.remaining = std::chrono::ceil<std::chrono::seconds>(
        spent * (100.0 - progress.percent) / progress.percent);
  }
  return progress;
}

}  // namespace trainyard

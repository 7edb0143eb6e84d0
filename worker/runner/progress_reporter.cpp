#include "worker/runner/progress_reporter.hpp"

#include "common/runtime/pause.hpp"

namespace trainyard::runner {
namespace {

constexpr std::chrono::milliseconds interval{250};

}  // namespace

ProgressReporter::ProgressReporter(log::Log log, ports::JobStore& store, ports::EventBus& bus,
                                   LeaseTable& leases, std::string source)
    : log_(std::move(log)),
      store_(store),
      bus_(bus),
      leases_(leases),
      source_(std::move(source)),
      outage_(log_, "store (recording progress)") {}

void ProgressReporter::report(ports::ProgressReport progress) {
  const std::lock_guard lock(mutex_);
  const auto job = progress.job_id;
  auto& latest = latest_[job];
  // Metrics say what is known so far: a report without any does not take them back.
  if (progress.metrics.empty() && latest.fence == progress.fence) {
    progress.metrics = std::move(latest.metrics);
  }
  latest = std::move(progress);
  if (latest_.size() == 1) some_.notify_one();
}

void ProgressReporter::run(std::stop_token stop) {
  while (true) {
    std::unordered_map<JobId, ports::ProgressReport> latest;
    {
      std::unique_lock lock(mutex_);
      if (!some_.wait(lock, stop, [this] { return !latest_.empty(); })) return;
      latest.swap(latest_);
    }
    pass_on(std::move(latest));
    if (runtime::pause_for(stop, interval)) return;
  }
}

void ProgressReporter::pass_on(std::unordered_map<JobId, ports::ProgressReport> latest) {
  std::vector<ports::ProgressReport> reports;
  std::vector<ports::Message> messages;
  const auto now = system_clock().now();
  for (auto& [job, report] : latest) {
    auto progress = leases_.next_progress(job, report.fence);
    if (!progress) continue;  // it ended, or is another worker's
    progress->progress = report.percent;
    progress->current_step = report.step;
    progress->metrics = report.metrics;
    progress->at = now;
    messages.push_back({.topic = ports::topics::job_events,
                        .key = job.to_string(),
                        .value = to_json(wire::progress_event(*progress, source_)),
                        .headers = {{"correlation_id", progress->correlation_id}}});
    reports.push_back(std::move(report));
  }
  if (reports.empty()) return;
  if (const auto recorded = store_.record_progress(reports); recorded) {
    outage_.over();
  } else {
    outage_.failed(recorded.error());
  }
  bus_.publish(messages, [](std::size_t, const Result<void>&) {});
}

}  // namespace trainyard::runner

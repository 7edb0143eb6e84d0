#include "api/service/batch_report.hpp"

#include "common/wire/metrics_json.hpp"

#include <algorithm>
#include <limits>
#include <unordered_map>
#include <utility>

namespace trainyard::service {
namespace {

void choose_best(SegmentReport& segment, std::string_view metric) {
  double best = std::numeric_limits<double>::infinity();
  for (const auto& job : segment.jobs) {
    if (job.status != domain::JobStatus::completed) continue;
    for (const auto& score : wire::scores_of(job.metrics, metric)) {
      if (!segment.best_model.empty() && !(score.value < best)) continue;
      best = score.value;
      segment.best_model = score.model;
      segment.best_job = job.id.to_string();
    }
  }
}

}  // namespace

domain::BatchCounts count(const std::vector<domain::Job>& jobs) {
  domain::BatchCounts counts;
  for (const auto& job : jobs)
    counts.add(job.status, 1, job.progress);
  return counts;
}

std::vector<std::vector<domain::Job>> by_segment(std::vector<domain::Job> jobs) {
  std::vector<std::vector<domain::Job>> segments;
  std::unordered_map<std::string, std::size_t> place;
  for (auto& job : jobs) {
    const auto [known, added] = place.try_emplace(job.segment_id, segments.size());
    if (added) segments.emplace_back();
    segments[known->second].push_back(std::move(job));
  }
  return segments;
}

SegmentReport report_segment(std::vector<domain::Job> jobs, std::string_view metric,
                             const std::vector<std::string>& models) {
  std::ranges::sort(jobs, {}, [&](const domain::Job& job) {
    return std::pair(std::ranges::find(models, job.model) - models.begin(), job.id);
  });
  SegmentReport segment{.segment_id = jobs.front().segment_id, .jobs = std::move(jobs)};
  segment.status = domain::status_of(count(segment.jobs));
  std::vector<std::string_view> metrics;
  for (const auto& job : segment.jobs) {
    if (job.status == domain::JobStatus::completed) metrics.push_back(job.metrics);
  }
  if (!metrics.empty()) segment.metrics = wire::merge_objects(metrics);
  if (segment.status != domain::BatchStatus::running) choose_best(segment, metric);
  return segment;
}

std::string metric_of(std::string_view batch_config) {
  auto metric = wire::text_member(batch_config, "metric");
  return metric.empty() ? "mape" : metric;
}

}  // namespace trainyard::service

#include "api/service/read_batch.hpp"

#include "api/service/batch_report.hpp"
#include "api/service/cursor.hpp"
#include "api/service/own_job.hpp"
#include "common/ports/counted.hpp"
#include "common/wire/api_requests.hpp"
#include "common/wire/batch_json.hpp"
#include "common/wire/job_json.hpp"
#include "common/wire/metrics_json.hpp"

namespace trainyard::service {
namespace {

void write_cell(wire::JsonWriter& out, const domain::Job& job) {
  out.begin_object()
      .field("job_id", job.id.to_string())
      .text_or_null("segment_id", job.segment_id)
      .text_or_null("model", job.model)
      .field("status", to_string(job.status))
      .field("progress", job.progress)
      .text_or_null("current_step", job.current_step)
      .field("version", job.version)
      .field("attempt", job.attempt)
      .field("retry_count", job.retry_count)
      .field("started_at", job.started_at)
      .field("completed_at", job.completed_at)
      .raw_or_null("metrics", job.metrics)
      .text_or_null("error", job.error)
      .text_or_null("error_category",
                    job.error_category ? to_string(*job.error_category) : std::string_view())
      .end_object();
}

void write_segment(wire::JsonWriter& out, const SegmentReport& segment) {
  out.begin_object()
      .text_or_null("segment_id", segment.segment_id)
      .field("status", to_string(segment.status))
      .text_or_null("best_model", segment.best_model)
      .raw_or_null("metrics", segment.metrics)
      .key("jobs")
      .begin_array();
  for (const auto& job : segment.jobs)
    write_cell(out, job);
  out.end_array().end_object();
}

std::optional<std::int64_t> eta_of(const domain::Batch& batch, const domain::BatchCounts& counts,
                                   TimePoint now) {
  if (domain::status_of(counts) != domain::BatchStatus::running) return std::nullopt;
  return wire::eta_seconds(batch.created_at, now, domain::progress_of(counts));
}

void write_head(wire::JsonWriter& out, const domain::Batch& batch,
                const domain::BatchCounts& counts) {
  out.field("batch_id", batch.id.to_string())
      .field("user_id", batch.user_id)
      .field("created_at", batch.created_at)
      .field("completed_at", batch.completed_at);
  wire::write_batch_counts(out, counts);
}

void write_details(wire::JsonWriter& out, const domain::Batch& batch,
                   const domain::BatchCounts& counts, TimePoint now) {
  out.field("eta_seconds", eta_of(batch, counts, now))
      .text_or_null("correlation_id", batch.correlation_id)
      .raw_or_null("cause", batch.cause)
      .raw_or_null("config", batch.config);
}

// The reports of a page, and how many segments there are. Only what is shown is worked out.
struct ReportedPage {
  std::vector<SegmentReport> segments;
  std::size_t total = 0;
  bool has_more = false;
};

ReportedPage report_page(std::vector<domain::Job> jobs, const domain::Batch& batch,
                         SegmentPage page) {
  auto segments = by_segment(std::move(jobs));
  const auto begin = std::min(page.offset, segments.size());
  const auto shown = std::min(page.limit, segments.size() - begin);
  const auto metric = metric_of(batch.config);
  const auto models = wire::models_of(batch.config);
  ReportedPage reported{
      .segments = {}, .total = segments.size(), .has_more = begin + shown < segments.size()};
  for (auto& segment : std::span(segments).subspan(begin, shown))
    reported.segments.push_back(report_segment(std::move(segment), metric, models));
  return reported;
}

// The result object of a segment: its best job's forecast beside the metrics of all its models.
void write_result(wire::JsonWriter& out, const SegmentReport& segment, std::string_view results) {
  out.begin_object()
      .field("best_model", segment.best_model)
      .raw_or_null("metrics", segment.metrics)
      .raw_or_null("forecast", wire::json_member(results, "forecast"))
      .raw_or_null("artifact_uri", wire::json_member(results, "artifact_uri"))
      .end_object();
}

}  // namespace

Result<std::string> batch_list_json(ports::JobStore& store, const Caller& caller,
                                    ports::BatchFilter filter) {
  TRY(filter.user_id, whose(caller, filter.user_id));
  TRY(const auto page, store.list_batches(filter));
  wire::JsonWriter out;
  out.begin_object().key("batches").begin_array();
  for (const auto& [batch, counts] : page.batches) {
    out.begin_object();
    write_head(out, batch, counts);
    out.end_object();
  }
  const auto next =
      page.has_more ? cursor_of("batches", page.batches.back().batch.id.to_string()) : "";
  out.end_array()
      .field("total", ports::told_total(page.total))
      .field("total_is_exact", ports::is_exact(page.total))
      .field("has_more", page.has_more)
      .text_or_null("next_cursor", next)
      .end_object();
  return out.take();
}

Result<BatchView> batch_view(ports::JobStore& store, const Caller& caller, BatchId id,
                             SegmentPage page, TimePoint now) {
  TRY(const auto batch, own_batch(store, caller, id));
  TRY(auto jobs, store.batch_jobs(id));
  const auto counts = count(jobs);
  BatchView view;
  view.seen.reserve(jobs.size());
  for (const auto& job : jobs)
    view.seen.push_back({.id = job.id, .version = job.version, .status = job.status});
  const auto reported = report_page(std::move(jobs), batch, page);
  wire::JsonWriter out;
  out.begin_object();
  write_head(out, batch, counts);
  write_details(out, batch, counts, now);
  out.field("segments_total", reported.total)
      .field("has_more", reported.has_more)
      .key("segments")
      .begin_array();
  for (const auto& segment : reported.segments)
    write_segment(out, segment);
  out.end_array().end_object();
  view.json = out.take();
  return view;
}

Result<std::string> batch_results_json(ports::JobStore& store, const Caller& caller, BatchId id,
                                       SegmentPage page) {
  TRY(const auto batch, own_batch(store, caller, id));
  TRY(auto jobs, store.batch_jobs(id));
  const auto counts = count(jobs);
  const auto reported = report_page(std::move(jobs), batch, page);
  wire::JsonWriter out;
  out.begin_object()
      .field("batch_id", id.to_string())
      .field("status", to_string(domain::status_of(counts)))
      .field("has_more", reported.has_more)
      .key("results")
      .begin_object();
  for (const auto& segment : reported.segments) {
    const auto best = JobId::parse(segment.best_job);
    if (!best) continue;
    TRY(const auto results, store.results(*best));
    out.key(segment.segment_id.empty() ? "all" : segment.segment_id);
    write_result(out, segment, results);
  }
  out.end_object().end_object();
  return out.take();
}

}  // namespace trainyard::service

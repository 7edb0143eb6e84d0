#include "api/service/read_batch.hpp"

#include "api/service/batch_report.hpp"
#include "api/service/own_job.hpp"
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
      .raw_or_null("config", batch.config);
}

std::span<const SegmentReport> page_of(const std::vector<SegmentReport>& all, SegmentPage page) {
  const auto begin = std::min(page.offset, all.size());
  return std::span(all).subspan(begin, std::min(page.limit, all.size() - begin));
}

bool has_more(const std::vector<SegmentReport>& all, SegmentPage page) {
  return page.offset < all.size() && all.size() - page.offset > page.limit;
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
  filter.user_id = caller.user_id;
  TRY(const auto page, store.list_batches(filter));
  wire::JsonWriter out;
  out.begin_object().key("batches").begin_array();
  for (const auto& [batch, counts] : page.batches) {
    out.begin_object();
    write_head(out, batch, counts);
    out.end_object();
  }
  out.end_array().field("total", page.total).field("has_more", page.has_more).end_object();
  return out.take();
}

Result<BatchView> batch_view(ports::JobStore& store, const Caller& caller, BatchId id,
                             SegmentPage page, TimePoint now) {
  TRY(const auto batch, own_batch(store, caller, id));
  TRY(auto jobs, store.batch_jobs(id));
  const auto counts = count(jobs);
  const auto segments =
      report_segments(jobs, metric_of(batch.config), wire::models_of(batch.config));
  wire::JsonWriter out;
  out.begin_object();
  write_head(out, batch, counts);
  write_details(out, batch, counts, now);
  out.field("segments_total", segments.size())
      .field("has_more", has_more(segments, page))
      .key("segments")
      .begin_array();
  for (const auto& segment : page_of(segments, page))
    write_segment(out, segment);
  out.end_array().end_object();
  return BatchView{.json = out.take(), .jobs = std::move(jobs)};
}

Result<std::string> batch_results_json(ports::JobStore& store, const Caller& caller, BatchId id,
                                       SegmentPage page) {
  TRY(const auto batch, own_batch(store, caller, id));
  TRY(auto jobs, store.batch_jobs(id));
  const auto counts = count(jobs);
  const auto segments =
      report_segments(std::move(jobs), metric_of(batch.config), wire::models_of(batch.config));
  wire::JsonWriter out;
  out.begin_object()
      .field("batch_id", id.to_string())
      .field("status", to_string(domain::status_of(counts)))
      .field("has_more", has_more(segments, page))
      .key("results")
      .begin_object();
  for (const auto& segment : page_of(segments, page)) {
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

#include "common/wire/job_json.hpp"

#include "common/wire/job_options_json.hpp"

namespace trainyard::wire {
namespace {

std::optional<std::int64_t> eta_of(const domain::Job& job, TimePoint now) {
  if (job.status != domain::JobStatus::running || !job.started_at) return std::nullopt;
  return eta_seconds(*job.started_at, now, job.progress);
}

void write_times(JsonWriter& out, const domain::Job& job) {
  out.field("created_at", job.created_at)
      .field("updated_at", job.updated_at)
      .field("submitted_at", job.submitted_at)
      .field("started_at", job.started_at)
      .field("completed_at", job.completed_at)
      .field("next_attempt_at", job.next_attempt_at);
}

}  // namespace

std::optional<std::int64_t> eta_seconds(TimePoint start, TimePoint now, int percent) {
  if (percent <= 5 || percent >= 100 || now <= start) return std::nullopt;
  const auto elapsed = std::chrono::duration<double>(now - start).count();
  return static_cast<std::int64_t>(elapsed * (100 - percent) / percent + 0.5);
}

void write_job(JsonWriter& out, const domain::Job& job, JobView view, TimePoint now) {
  out.begin_object().field("job_id", job.id.to_string()).key("batch_id");
  if (job.batch_id) {
    out.value(job.batch_id->to_string());
  } else {
    out.null();
  }
  out.text_or_null("run_id", job.run_id)
      .field("user_id", job.user_id)
      .text_or_null("segment_id", job.segment_id)
      .text_or_null("model", job.model)
      .field("status", to_string(job.status))
      .field("progress", job.progress)
      .text_or_null("current_step", job.current_step);
  write_times(out, job);
  out.text_or_null("mlflow_run_id", job.mlflow_run_id)
      .text_or_null("error", job.error)
      .text_or_null("error_category",
                    job.error_category ? to_string(*job.error_category) : std::string_view())
      .text_or_null("checkpoint_path", job.checkpoint_path)
      .field("retry_count", job.retry_count)
      .field("attempt", job.attempt)
      .field("interruptions", job.interruptions)
      .field("priority", job.priority)
      .raw_or_null("metrics", job.metrics)
      .text_or_null("artifact_uri", job.artifact_uri)
      .field("version", job.version)
      .field("eta_seconds", eta_of(job, now))
      .text_or_null("correlation_id", job.correlation_id)
      .raw_or_null("cause", job.cause);
  if (view != JobView::summary) {
    write_job_options(out.key("options"), job.options);
    out.text_or_null("unique_key", job.unique_key);
    out.raw_or_null("config", job.config).raw_or_null("cluster_config", job.cluster_config);
  }
  if (view == JobView::existing) out.field("duplicate", true);
  out.end_object();
}

std::string job_json(const domain::Job& job, JobView view, TimePoint now) {
  JsonWriter out;
  write_job(out, job, view, now);
  return out.take();
}

void write_history_entry(JsonWriter& out, const domain::HistoryEntry& entry) {
  out.begin_object()
      .field("version", entry.version)
      .field("event", event_name(entry.event))
      .text_or_null("from", entry.from ? to_string(*entry.from) : std::string_view())
      .field("to", to_string(entry.to))
      .field("at", entry.at)
      .field("attempt", entry.attempt)
      .field("fence", entry.fence)
      .text_or_null("worker_id", entry.worker_id)
      .text_or_null("detail", entry.detail)
      .text_or_null("category", entry.category ? to_string(*entry.category) : std::string_view())
      .end_object();
}

}  // namespace trainyard::wire

#include "common/wire/job_events.hpp"

#include "common/wire/checked_json.hpp"
#include "common/wire/json_text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace trainyard::wire {
namespace {

void add_optional(JsonText& data, std::string_view key, std::string_view value) {
  if (!value.empty()) data.text(key, value);
}

std::string id_or_empty(const std::optional<BatchId>& batch) {
  return batch ? batch->to_string() : std::string();
}

}  // namespace

std::string type_of(domain::JobEvent event) {
  return fmt::format("trainyard.job.{}.v1", domain::to_string(event));
}

CloudEvent job_event(const domain::Job& job, const domain::HistoryEntry& entry,
                     std::string_view source) {
  const bool is_current = job.version == entry.version;
  const auto at = to_iso8601(entry.at);
  auto job_id = job.id.to_string();
  JsonText data;
  data.text("event", domain::event_name(entry.event))
      .text("job_id", job_id)
      .text_or_null("batch_id", id_or_empty(job.batch_id))
      .text("user_id", job.user_id)
      .text_or_null("segment_id", job.segment_id)
      .text_or_null("model", job.model)
      .number("version", entry.version)
      .text_or_null("from", entry.from ? domain::to_string(*entry.from) : "")
      .text("status", domain::to_string(entry.to));
  if (is_current) {
    data.number("progress", job.progress).text("current_step", job.current_step);
  } else {
    data.null("progress").null("current_step");
  }
  data.number("attempt", entry.attempt).number("retry_count", job.retry_count).text("at", at);
  add_optional(data, "error", entry.detail);
  if (entry.category) data.text("category", to_string(*entry.category));
  if (!job.cause.empty()) data.object("cause", job.cause);
  if (is_current && !job.metrics.empty()) data.object("metrics", job.metrics);
  if (is_current && job.next_attempt_at) {
    data.text("next_attempt_at", to_iso8601(*job.next_attempt_at));
  }
  return {.id = fmt::format("{}:{}", job_id, entry.version),
          .source = std::string(source),
          .type = type_of(entry.event),
          .subject = std::move(job_id),
          .time = entry.at,
          .correlation_id = job.correlation_id,
          .data = data.take()};
}

CloudEvent progress_event(const JobProgress& progress, std::string_view source) {
  auto job_id = progress.job_id.to_string();
  JsonText data;
  data.text("event", domain::event_name(domain::JobEvent::progress))
      .text("job_id", job_id)
      .text_or_null("batch_id", id_or_empty(progress.batch_id))
      .text("user_id", progress.user_id)
      .text_or_null("segment_id", progress.segment_id)
      .text_or_null("model", progress.model)
      .number("fence", progress.fence)
      .number("n", progress.n)
      .number("progress", progress.progress)
      .text("current_step", progress.current_step);
  if (!progress.metrics.empty()) data.object("metrics", progress.metrics);
  data.text("at", to_iso8601(progress.at));
  return {.id = fmt::format("{}:{}:p{}", job_id, progress.fence, progress.n),
          .source = std::string(source),
          .type = event_types::job_progress,
          .subject = std::move(job_id),
          .time = progress.at,
          .correlation_id = progress.correlation_id,
          .data = data.take()};
}

CloudEvent train_requested_event(const TrainRequested& request, std::string_view correlation_id,
                                 std::string_view source, TimePoint at) {
  auto job_id = request.job_id.to_string();
  JsonText data;
  data.text("job_id", job_id).number("dispatch_no", request.dispatch_no);
  return {.id = fmt::format("{}:d{}", job_id, request.dispatch_no),
          .source = std::string(source),
          .type = event_types::train_requested,
          .subject = std::move(job_id),
          .time = at,
          .correlation_id = std::string(correlation_id),
          .data = data.take()};
}

Result<ReceivedTrainRequested> parse_train_requested(std::string_view text) {
  TRY(const auto event, parse_checked(text));
  const auto& type = event.at("type").get_ref<const std::string&>();
  if (type != event_types::train_requested) {
    return fail({.code = Errc::not_found,
                 .detail = fmt::format("expected {}, not '{}'", event_types::train_requested, type),
                 .field = "type"});
  }
  const auto& data = event.at("data");
  const auto& text_id = data.at("job_id").get_ref<const std::string&>();
  const auto job_id = JobId::parse(text_id);
  if (!job_id) {
    return fail({.code = Errc::invalid_argument,
                 .detail = fmt::format("'{}' is not a job id", text_id),
                 .field = "data.job_id"});
  }
  return ReceivedTrainRequested{
      .request = {.job_id = *job_id, .dispatch_no = data.at("dispatch_no").get<std::int64_t>()},
      .correlation_id = event.value("correlationid", "")};
}

CloudEvent batch_completed_event(const domain::Batch& batch, const domain::BatchCounts& counts,
                                 std::int64_t n, std::string_view source) {
  auto batch_id = batch.id.to_string();
  JsonText data;
  data.text("batch_id", batch_id)
      .text("user_id", batch.user_id)
      .text("status", domain::to_string(domain::status_of(counts)))
      .number("total", counts.total)
      .number("completed", counts.completed)
      .number("failed", counts.failed)
      .number("cancelled", counts.cancelled);
  return {.id = fmt::format("{}:completed:{}", batch_id, n),
          .source = std::string(source),
          .type = event_types::batch_completed,
          .subject = std::move(batch_id),
          .time = batch.completed_at.value_or(batch.created_at),
          .correlation_id = batch.correlation_id,
          .data = data.take()};
}

CloudEvent message_refused_event(const RefusedMessage& refused, std::string_view source,
                                 TimePoint at) {
  JsonText data;
  data.text("reason", refused.reason)
      .text("topic", refused.topic)
      .number("partition", refused.partition)
      .number("offset", refused.offset)
      .text("key", refused.key)
      .text("message", refused.message);
  return {.id = fmt::format("{}/{}/{}", refused.topic, refused.partition, refused.offset),
          .source = std::string(source),
          .type = event_types::message_refused,
          .subject = refused.key,
          .time = at,
          .correlation_id = {},
          .data = data.take()};
}

}  // namespace trainyard::wire

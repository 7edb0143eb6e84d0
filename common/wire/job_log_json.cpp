#include "common/wire/job_log_json.hpp"

#include "common/wire/job_events.hpp"

#include <fmt/format.h>

namespace trainyard::wire {

void write_log_line(JsonWriter& out, const domain::LogLine& line) {
  out.begin_object()
      .field("seq", line.seq)
      .field("at", line.at)
      .field("attempt", attempt_of(line))
      .field("level", to_string(line.level))
      .field("line", line.text)
      .end_object();
}

std::string log_text(const domain::LogLine& line) {
  return fmt::format("{} {:<7} {}", to_iso8601(line.at), to_string(line.level), line.text);
}

CloudEvent log_event(std::span<const domain::LogLine> lines, std::string_view source) {
  const auto& first = lines.front();
  auto job_id = first.job_id.to_string();
  JsonWriter data;
  data.begin_object()
      .field("event", "JOB_LOG")
      .field("job_id", job_id)
      .field("attempt", attempt_of(first))
      .key("lines")
      .begin_array();
  for (const auto& line : lines)
    write_log_line(data, line);
  data.end_array().field("at", lines.back().at).end_object();
  return {.id = fmt::format("{}:l{}", job_id, first.seq),
          .source = std::string(source),
          .type = event_types::job_log,
          .subject = std::move(job_id),
          .time = lines.back().at,
          .correlation_id = {},
          .data = data.take()};
}

}  // namespace trainyard::wire

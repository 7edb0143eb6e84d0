#pragma once

#include "common/domain/log_line.hpp"
#include "common/wire/cloud_event.hpp"
#include "common/wire/json_writer.hpp"

#include <span>
#include <string>
#include <string_view>

// The lines of a job: as the API answers with them, as text for people, and as news for the bus.

namespace trainyard::wire {

// {"seq", "at", "attempt", "level", "line"}
void write_log_line(JsonWriter& out, const domain::LogLine& line);
// "2026-01-20T15:30:00.123456Z info    fitted theta in 0.2 s", without an end of line.
std::string log_text(const domain::LogLine& line);

// trainyard.job.log.v1 about lines of one job, at least one, in order.
CloudEvent log_event(std::span<const domain::LogLine> lines, std::string_view source);

}  // namespace trainyard::wire

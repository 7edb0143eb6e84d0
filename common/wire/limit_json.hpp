#pragma once

#include "common/domain/limit.hpp"
#include "common/wire/json_writer.hpp"

#include <string_view>

namespace trainyard::wire {

// {"concurrency", "rate": {"jobs", "period_seconds", "burst"}, "backlog", "paused_until",
// "reason"}, each of which may be left out or null. A pause without an end is paused_until
// "forever". invalid_argument names the field.
Result<domain::Limit> parse_limit(domain::LimitScope scope, std::string_view name,
                                  std::string_view body);
void write_limit(JsonWriter& out, const domain::Limit& limit);

// {"until", "reason"}, both optional; no `until` means forever.
struct PauseRequest {
  TimePoint until = domain::Limit::until_resumed;
  std::string reason;
};
Result<PauseRequest> parse_pause(std::string_view body);

// ISO 8601, "forever", or null.
void write_pause_end(JsonWriter& out, std::string_view key, const std::optional<TimePoint>& until);

}  // namespace trainyard::wire

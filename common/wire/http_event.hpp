#pragma once

#include "common/base/error.hpp"

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trainyard::wire {

// Header names in lower case with their values.
using HeaderFields = std::vector<std::pair<std::string, std::string>>;

enum class EventMode { single, batch };

struct HttpEvents {
  EventMode mode = EventMode::single;
  std::vector<std::string> events;  // each an envelope in JSON, not checked yet
};

inline constexpr std::size_t http_events_max = 1'000;

// The CloudEvents of an HTTP request in any of the three modes of the HTTP protocol binding 1.0.2:
// structured (application/cloudevents+json), batched (application/cloudevents-batch+json), binary
// (attributes in ce- headers, the body is the data). Errors: corrupt_data (no JSON),
// invalid_argument (no event at all), too_large (more than http_events_max). Pure.
Result<HttpEvents> read_http_events(std::string_view media_type, const HeaderFields& headers,
                                    std::string_view body);

}  // namespace trainyard::wire

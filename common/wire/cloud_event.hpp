#pragma once

#include "common/base/error.hpp"
#include "common/base/time.hpp"

#include <string>
#include <string_view>

namespace trainyard::wire {

// A CloudEvents 1.0 envelope in structured JSON mode, the form of every message on the bus. On
// Kafka its key is the subject and its headers are headers_of() it.
struct CloudEvent {
  std::string id;      // deterministic: who saw it before drops it
  std::string source;  // role and instance: "trainyard/control/host-1"
  std::string type;    // one of event_types
  std::string subject;
  TimePoint time;
  std::string correlation_id;  // extension `correlationid`
  std::string data;            // a JSON object
};

std::string to_json(const CloudEvent& event);

// Parses an envelope and checks it and its data against the schemas of schemas/events. Errors:
// corrupt_data (no JSON), not_found (a type that we do not know), invalid_argument naming the key.
Result<CloudEvent> parse_cloud_event(std::string_view text);

}  // namespace trainyard::wire

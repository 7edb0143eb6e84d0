#pragma once

#include "common/ports/event_bus.hpp"
#include "common/wire/cloud_event.hpp"

namespace trainyard::control {

// An event as it travels: the subject is the key, so that what is about one thing keeps its order.
inline ports::Message to_message(const char* topic, const wire::CloudEvent& event) {
  return {.topic = topic,
          .key = event.subject,
          .value = wire::to_json(event),
          .headers = {{"content-type", "application/cloudevents+json"},
                      {"correlation_id", event.correlation_id}}};
}

}  // namespace trainyard::control

#include "common/wire/cloud_event.hpp"

#include "common/wire/checked_json.hpp"
#include "common/wire/json_text.hpp"
#include "common/wire/schema.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace trainyard::wire {

std::string to_json(const CloudEvent& event) {
  return JsonText()
      .text("specversion", "1.0")
      .text("id", event.id)
      .text("source", event.source)
      .text("type", event.type)
      .text("subject", event.subject)
      .text("time", to_iso8601(event.time))
      .text("datacontenttype", "application/json")
      .text("correlationid", event.correlation_id)
      .object("data", event.data)
      .take();
}

Result<nlohmann::json> parse_checked(std::string_view text) {
  auto json = nlohmann::json::parse(text, nullptr, false);
  if (json.is_discarded()) return fail(Errc::corrupt_data, "not valid JSON");
  TRY_DO(event_schemas().validate("envelope", json));
  const auto& type = json.at("type").get_ref<const std::string&>();
  if (type == "envelope" || !event_schemas().knows(type)) {
    return fail({.code = Errc::not_found,
                 .detail = fmt::format("unknown event type '{}'", type),
                 .field = "type"});
  }
  TRY_DO(event_schemas().validate(type, json.at("data"), "data"));
  return json;
}

Result<CloudEvent> parse_cloud_event(std::string_view text) {
  TRY(const auto json, parse_checked(text));
  const auto time = from_iso8601(json.at("time").get_ref<const std::string&>());
  if (!time) {
    return fail({.code = Errc::invalid_argument, .detail = time.error().detail, .field = "time"});
  }
  return CloudEvent{.id = json.at("id"),
                    .source = json.at("source"),
                    .type = json.at("type"),
                    .subject = json.at("subject"),
                    .time = *time,
                    .correlation_id = json.value("correlationid", ""),
                    .data = json.at("data").dump()};
}

}  // namespace trainyard::wire

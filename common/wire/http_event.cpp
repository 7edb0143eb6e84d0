#include "common/wire/http_event.hpp"

#include "common/wire/parse_json.hpp"

#include <fmt/format.h>

#include <charconv>

namespace trainyard::wire {
namespace {

using nlohmann::json;

// Values of ce- headers are percent-encoded where they are not plain ASCII.
std::string percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(text.data() + i + 1, text.data() + i + 3, value, 16).ptr ==
            text.data() + i + 3) {
      decoded += static_cast<char>(value);
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

Result<HttpEvents> read_binary(const HeaderFields& headers, std::string_view body) {
  json event = json::object();
  for (const auto& [name, value] : headers) {
    if (name.starts_with("ce-")) event[name.substr(3)] = percent_decoded(value);
  }
  TRY(event["data"], parse_json(body));
  event["datacontenttype"] = "application/json";
  return HttpEvents{.events = {event.dump(-1, ' ', false, json::error_handler_t::replace)}};
}

Result<HttpEvents> read_batch(std::string_view body) {
  TRY(const auto tree, parse_json(body));
  if (!tree.is_array()) return fail(Errc::invalid_argument, "a batch of events is a JSON list");
  if (tree.size() > http_events_max) {
    return fail(Error{.code = Errc::too_large,
                      .detail = fmt::format("{} events in one request; the limit is {}",
                                            tree.size(), http_events_max),
                      .hint = "send several requests"});
  }
  HttpEvents events{.mode = EventMode::batch};
  for (const auto& event : tree)
    events.events.push_back(event.dump());
  return events;
}

}  // namespace

Result<HttpEvents> read_http_events(std::string_view media_type, const HeaderFields& headers,
                                    std::string_view body) {
  if (media_type == "application/cloudevents-batch+json") return read_batch(body);
  if (media_type == "application/cloudevents+json") {
    TRY_DO(parse_json(body));
    return HttpEvents{.events = {std::string(body)}};
  }
  for (const auto& [name, value] : headers) {
    if (name == "ce-specversion") return read_binary(headers, body);
  }
  return fail(Error{.code = Errc::invalid_argument,
                    .detail = "the request carries no CloudEvent",
                    .field = "Content-Type",
                    .hint = "send application/cloudevents+json, "
                            "application/cloudevents-batch+json, or ce- headers"});
}

}  // namespace trainyard::wire

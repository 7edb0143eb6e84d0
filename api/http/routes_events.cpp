#include "api/http/automation_handlers.hpp"
#include "api/http/await.hpp"
#include "api/http/definition_routes.hpp"
#include "common/crypto/digest.hpp"
#include "common/wire/http_event.hpp"
#include "common/wire/json_writer.hpp"
#include "common/wire/problem_json.hpp"

namespace trainyard::http {
namespace {

constexpr std::string_view signature_header = "x-trainyard-signature";
constexpr std::string_view signature_prefix = "sha256=";

bool is_signed(std::string_view body, std::string_view signature, const Secret& secret) {
  if (!signature.starts_with(signature_prefix)) return false;
  return crypto::equal_in_constant_time(signature.substr(signature_prefix.size()),
                                        crypto::hmac_sha256_hex(body, secret));
}

// With a secret, what is not signed by it is refused. Only the body is signed, so the event has to
// be in there whole.
std::expected<void, Failure> check_signature(const Api& api, const Request& request) {
  if (api.webhook_secret.empty()) return {};
  if (!request.media_type().starts_with("application/cloudevents")) {
    return bad_request("Content-Type", "a signed event travels whole in its body",
                       "send application/cloudevents+json");
  }
  for (const auto& [name, value] : request.event_headers) {
    if (name == signature_header && is_signed(request.body, value, api.webhook_secret)) return {};
  }
  return std::unexpected(
      Failure(401, Error{.code = Errc::forbidden,
                         .detail = "the signature is missing or not that of this body",
                         .field = "X-Trainyard-Signature",
                         .hint = "send sha256= and the hexadecimal HMAC-SHA256 of the body"}));
}

Result<service::StartedTraining> start(const Api& api, const Request& request,
                                       std::string_view event, std::string& id) {
  TRY(const auto order, wire::parse_retrain_requested(event));
  id = order.cause.id;
  return service::start_training(starting(api), request.caller, order);
}

void write_started(wire::JsonWriter& out, const std::string& id,
                   const service::StartedTraining& started) {
  out.field("event_id", id)
      .field("batch_id", started.batch_id.to_string())
      .field("total_jobs", started.total_jobs)
      .field("repeated", started.repeated);
}

Result<Response> take_one(const Api& api, const Request& request, std::string_view event) {
  std::string id;
  TRY(const auto started, start(api, request, event, id));
  wire::JsonWriter out;
  out.begin_object();
  write_started(out, id, started);
  out.end_object();
  return Response{.status = 202,
                  .body = out.take(),
                  .headers = {{"Location", "/api/v2/batches/" + started.batch_id.to_string()}}};
}

// What each event came to, in order: one that is refused costs its neighbours nothing.
Response take_all(const Api& api, const Request& request, const std::vector<std::string>& events) {
  wire::JsonWriter out;
  int refused = 0;
  out.begin_object().key("results").begin_array();
  for (const auto& event : events) {
    std::string id;
    const auto started = start(api, request, event, id);
    out.begin_object();
    if (started) {
      out.field("status_code", 202);
      write_started(out, id, *started);
    } else {
      ++refused;
      const int status = http_status(started.error().code);
      out.field("status_code", status).text_or_null("event_id", id).key("error");
      out.raw(wire::problem_json(started.error(), status, "", request.caller.correlation_id));
    }
    out.end_object();
  }
  out.end_array()
      .field("accepted", static_cast<int>(events.size()) - refused)
      .field("refused", refused)
      .end_object();
  return {.body = out.take()};
}

}  // namespace

asio::awaitable<Reply> post_events(Api& api, Request& request) {
  if (auto checked = check_signature(api, request); !checked) {
    co_return std::unexpected(std::move(checked).error());
  }
  auto answer = co_await offload(api.pool, [&]() -> Result<Response> {
    TRY(const auto events,
        wire::read_http_events(request.media_type(), request.event_headers, request.body));
    if (events.mode == wire::EventMode::batch) return take_all(api, request, events.events);
    return take_one(api, request, events.events.front());
  });
  if (!answer) co_return std::unexpected(std::move(answer).error());
  co_return *std::move(answer);
}

}  // namespace trainyard::http

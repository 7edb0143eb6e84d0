#include "api/http/answer_once.hpp"

#include "api/http/await.hpp"
#include "common/crypto/digest.hpp"

#include <fmt/format.h>

namespace trainyard::http {
namespace {

constexpr std::string_view location = "Location";

std::string fingerprint_of(const Request& request) {
  auto text = request.path;
  for (const auto& [name, value] : request.query)
    text += fmt::format("\n{}={}", name, value);
  for (const auto& [name, value] : request.event_headers)
    text += fmt::format("\n{}: {}", name, value);
  return crypto::sha256_hex(text + "\n\n" + request.body);
}

ports::KeptAnswer kept(const Response& response) {
  ports::KeptAnswer answer{
      .status = response.status, .content_type = response.content_type, .body = response.body};
  for (const auto& [name, value] : response.headers) {
    if (name == location) answer.location = value;
  }
  return answer;
}

Response replayed(ports::KeptAnswer answer) {
  Response response{.status = answer.status,
                    .content_type = std::move(answer.content_type),
                    .body = std::move(answer.body),
                    .headers = {{"Idempotency-Replayed", "true"}}};
  if (!answer.location.empty()) response.headers.emplace_back(location, answer.location);
  return response;
}

}  // namespace

asio::awaitable<Reply> answer_once(Api& api, const Route& route, Request& request) {
  if (request.idempotency_key.empty() || route.verb != Verb::post) {
    co_return co_await route.handler(api, request);
  }
  if (request.idempotency_key.size() > idempotency_key_max) {
    co_return bad_request("Idempotency-Key",
                          fmt::format("a key has at most {} characters", idempotency_key_max));
  }
  const ports::RequestKey key{.user_id = request.caller.user_id, .key = request.idempotency_key};
  auto begun = co_await offload(
      api.pool, [&] { return api.ledger.begin(key, fingerprint_of(request), api.clock.now()); });
  if (!begun) co_return std::unexpected(std::move(begun).error());
  if (auto* answer = std::get_if<ports::KeptAnswer>(&*begun))
    co_return replayed(std::move(*answer));
  request.caller.ids =
      std::make_shared<IdSource>(std::get<service::RequestLedger::Do>(*begun).seed);
  auto reply = co_await route.handler(api, request);
  if (!reply && !reply.error().job_id.empty()) co_return reply;
  // What is not written down in time is done again with the same ids, which changes nothing.
  std::ignore = co_await offload(api.pool, [&] {
    return reply ? api.ledger.keep(key, kept(*reply)) : api.ledger.forget(key);
  });
  co_return reply;
}

}  // namespace trainyard::http

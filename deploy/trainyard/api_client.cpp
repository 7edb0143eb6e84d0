#include "deploy/trainyard/api_client.hpp"

#include <fmt/format.h>

namespace trainyard {
namespace {

using nlohmann::json;

Errc code_of(int status) {
  switch (status) {
    case 401:
    case 403:
      return Errc::forbidden;
    case 404:
      return Errc::not_found;
    case 409:
      return Errc::conflict;
    case 413:
      return Errc::too_large;
    case 429:
    case 503:
      return Errc::unavailable;
    default:
      return status < 500 ? Errc::invalid_argument : Errc::internal;
  }
}

Error problem_of(int status, const json& body) {
  if (!body.is_object()) {
    return {.code = code_of(status), .detail = fmt::format("the server answered {}", status)};
  }
  Error error{.code = code_of(status),
              .detail = body.value("detail", body.value("title", fmt::format("HTTP {}", status))),
              .field = body.value("field", ""),
              .hint = body.value("hint", ""),
              .category = category_from(body.value("category", ""))};
  if (body.contains("row") && body["row"].is_number_integer()) error.row = body["row"];
  return error;
}

}  // namespace

Result<json> ApiClient::get(const std::string& path) {
  return send({.path = path});
}

Result<json> ApiClient::post(const std::string& path, const json& body) {
  return send({.method = "POST",
               .path = path,
               .headers = {{"Content-Type", "application/json"}},
               .body = body.is_null() ? "" : body.dump()});
}

Result<json> ApiClient::post_event(const json& event) {
  return send({.method = "POST",
               .path = "/api/v2/events",
               .headers = {{"Content-Type", "application/cloudevents+json"}},
               .body = event.dump()});
}

Result<json> ApiClient::put(const std::string& path, const json& body) {
  return send({.method = "PUT",
               .path = path,
               .headers = {{"Content-Type", "application/json"}},
               .body = body.dump()});
}

Result<json> ApiClient::remove(const std::string& path) {
  return send({.method = "DELETE", .path = path});
}

Result<json> ApiClient::send(http_client::Request request) {
  if (!key_.empty()) request.headers["Authorization"] = "Bearer " + key_.reveal();
  TRY(const auto response, http_.send(request));
  auto body = json::parse(response.body, nullptr, false);
  if (response.status == 401) {
    auto problem = problem_of(response.status, body);
    problem.hint = "set TRAINYARD_API_KEY to a key from `trainyard keys create`";
    return fail(std::move(problem));
  }
  if (response.status >= 400) return fail(problem_of(response.status, body));
  if (body.is_discarded() && !response.body.empty()) {
    return fail(Errc::corrupt_data, "the server's answer is not JSON: is this a Trainyard API?");
  }
  return body;
}

}  // namespace trainyard

#include "api/http/request_checks.hpp"

#include "api/http/request_target.hpp"
#include "common/base/uuid.hpp"

#include <boost/asio/error.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>

namespace trainyard::http {
namespace {

using beast::http::field;

std::string correlation_of(const Head& head) {
  for (const auto* name : {"X-Correlation-Id", "X-Request-Id"}) {
    const auto sent = head[name];
    if (is_sane_id({sent.data(), sent.size()})) return std::string(sent);
  }
  return Uuid::make_v7().to_string();
}

std::unexpected<Failure> refuse(int status, Errc code, std::string name, std::string detail,
                                std::string hint = {}) {
  return std::unexpected(Failure(status, Error{.code = code,
                                               .detail = std::move(detail),
                                               .field = std::move(name),
                                               .hint = std::move(hint)}));
}

void read_event_headers(const Head& head, Request& request) {
  for (const auto& sent : head) {
    std::string name(sent.name_string());
    std::ranges::transform(name, name.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (!name.starts_with("ce-") && !name.starts_with("x-trainyard-")) continue;
    request.event_headers.emplace_back(std::move(name), std::string(sent.value()));
  }
}

// A page of another site may not use the browser of somebody who can reach us.
bool is_cross_site(const Head& head) {
  const auto sent = head[field::origin];
  const std::string_view origin(sent.data(), sent.size());
  if (origin.empty()) return false;
  const auto host = head[field::host];
  const auto at = origin.find("://");
  return at == std::string_view::npos ||
         origin.substr(at + 3) != std::string_view(host.data(), host.size());
}

// Without its port.
std::string_view name_of(std::string_view host) {
  const auto end = host.starts_with('[') ? host.find(']') + 1 : host.find(':');
  return host.substr(0, end);
}

bool is_asked_for(const Head& head, const std::vector<std::string>& names) {
  if (names.empty()) return true;
  const auto host = head[field::host];
  const auto name = name_of({host.data(), host.size()});
  return std::ranges::any_of(names, [&](const std::string& known) {
    return beast::iequals(beast::string_view(name.data(), name.size()),
                          beast::string_view(known.data(), known.size()));
  });
}

}  // namespace

std::expected<void, Failure> read_head(const Head& head, const ServerOptions& options,
                                       Request& request) {
  request.verb = head.method();
  request.caller.correlation_id = correlation_of(head);
  request.content_type = std::string(head[field::content_type]);
  request.accept = std::string(head[field::accept]);
  request.idempotency_key = std::string(head["Idempotency-Key"]);
  request.last_event_id = std::string(head["Last-Event-ID"]);
  request.came_over_tls = beast::iequals(head["X-Forwarded-Proto"], "https");
  read_event_headers(head, request);
  const auto fields = static_cast<std::size_t>(std::distance(head.begin(), head.end()));
  if (fields > options.header_fields_max) {
    return refuse(
        431, Errc::too_large, "",
        fmt::format("{} header fields; the limit is {}", fields, options.header_fields_max));
  }
  if (head.version() >= 11 && head.count(field::host) != 1) {
    return bad_request("Host", "exactly one Host header is required");
  }
  // Whoever stands before us may have counted by the other one.
  if (head.count(field::content_length) > 1 || head[field::content_length].contains(',')) {
    return bad_request("Content-Length", "it is given more than once");
  }
  if (!is_asked_for(head, options.host_names)) {
    return refuse(421, Errc::forbidden, "Host", "this server does not go by that name",
                  fmt::format("it answers to {}", fmt::join(options.host_names, ", ")));
  }
  if (is_cross_site(head)) {
    return refuse(403, Errc::forbidden, "Origin", "pages of other sites may not call this API");
  }
  if (head.count(field::transfer_encoding) > 0 &&
      !beast::iequals(head[field::transfer_encoding], "chunked")) {
    return refuse(501, Errc::invalid_argument, "Transfer-Encoding",
                  "only the transfer encoding 'chunked' is understood");
  }
  const auto encoding = head[field::content_encoding];
  if (!encoding.empty() && !beast::iequals(encoding, "identity")) {
    return refuse(415, Errc::invalid_argument, "Content-Encoding",
                  "compressed bodies are not understood", "send the body uncompressed");
  }
  auto target = parse_target({head.target().data(), head.target().size()});
  if (!target) return std::unexpected(Failure(400, std::move(target).error()));
  request.path = std::move(target->path);
  request.query = std::move(target->query);
  return {};
}

std::expected<void, Failure> check_media_type(const Route& route, const Request& request) {
  const auto type = request.media_type();
  if (route.body == Body::json && !type.empty() && type != "application/json" &&
      !type.ends_with("+json")) {
    return refuse(415, Errc::invalid_argument, "Content-Type",
                  fmt::format("a body of type {} is not taken here", type),
                  "send Content-Type: application/json");
  }
  if (route.body == Body::upload && type != "multipart/form-data" && type != "text/csv" &&
      type != "application/octet-stream") {
    return refuse(415, Errc::invalid_argument, "Content-Type",
                  fmt::format("a body of type '{}' is not taken here", type),
                  "send the file as text/csv, or in a form as multipart/form-data");
  }
  return {};
}

Failure too_large(std::uint64_t limit) {
  return Failure(413, Error{.code = Errc::too_large,
                            .detail = fmt::format("the body is larger than {} bytes", limit),
                            .hint = "send less, or upload the data and name its data_path"});
}

std::optional<Failure> failure_of(const boost::system::error_code& why) {
  using beast::http::error;
  if (why == error::header_limit) {
    return Failure(431,
                   Error{.code = Errc::too_large, .detail = "the request's head is too large"});
  }
  if (why == error::body_limit || why == error::buffer_overflow) {
    return Failure(413, Error{.code = Errc::too_large, .detail = "the body is too large"});
  }
  if (why == error::end_of_stream || why == error::partial_message) return std::nullopt;
  // What is left of the parser's own errors says how the text breaks the protocol.
  if (why.category() == beast::http::make_error_code(error::bad_method).category()) {
    return Failure(400,
                   Error{.code = Errc::invalid_argument,
                         .detail = fmt::format("not a valid HTTP request: {}", why.message())});
  }
  return std::nullopt;
}

}  // namespace trainyard::http

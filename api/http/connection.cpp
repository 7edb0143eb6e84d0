#include "api/http/connection.hpp"

#include "api/http/answer_once.hpp"
#include "api/http/audit_entry.hpp"
#include "api/http/await.hpp"
#include "api/http/request_checks.hpp"
#include "api/http/sign_in.hpp"
#include "api/http/upload_body.hpp"
#include "common/base/uuid.hpp"
#include "common/wire/problem_json.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <fmt/format.h>

namespace trainyard::http {
namespace {

constexpr auto as_value = asio::as_tuple(asio::use_awaitable);
constexpr std::uint64_t ignored_body_bytes_max = 64 * 1024;
constexpr std::size_t linger_bytes_max = 1 << 20;
constexpr std::chrono::seconds linger_max{2};
constexpr Route live_route{.verb = Verb::get, .pattern = "/ws", .handler = nullptr};

std::string_view reason_of(int status) {
  const auto text =
      beast::http::obsolete_reason(beast::http::int_to_status(static_cast<unsigned>(status)));
  return {text.data(), text.size()};
}

Response problem(const Failure& failure, const std::string& correlation_id) {
  Response response{
      .status = failure.status,
      .content_type = "application/problem+json",
      .body = wire::problem_json(failure.error, failure.status, reason_of(failure.status),
                                 correlation_id, failure.job_id)};
  if (!failure.job_id.empty()) {
    response.headers.emplace_back("Location", "/api/v2/jobs/" + failure.job_id);
  }
  if (failure.status == 503 || failure.status == 429)
    response.headers.emplace_back("Retry-After", "1");
  if (failure.status == 401) {
    response.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"trainyard\"");
  }
  return response;
}

Failure not_routed(const Match& match, const Request& request, const std::string& lost_hint) {
  if (match.allow.empty()) {
    return Failure(404, Error{.code = Errc::not_found,
                              .detail = fmt::format("there is nothing at {}", request.path),
                              .hint = lost_hint});
  }
  return Failure(405, Error{.code = Errc::invalid_argument,
                            .detail = fmt::format("{} does not take this method", request.path),
                            .hint = fmt::format("it takes {}", match.allow)});
}

}  // namespace

Connection::Connection(ServerContext& context, asio::ip::tcp::socket socket)
    : context_(context), socket_(std::move(socket)) {
  boost::system::error_code gone;
  if (const auto client = socket_.remote_endpoint(gone); !gone) {
    address_ = client.address().to_string();
  }
  allow(context_.options.idle_max);
}

void Connection::allow(std::chrono::seconds time) {
  deadline_ = std::chrono::steady_clock::now() + time;
}

void Connection::close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

asio::awaitable<void> Connection::run() {
  try {
    auto after = After::keep_alive;
    while (after == After::keep_alive)
      after = co_await serve_one();
    if (after == After::linger) co_await linger();
  } catch (const std::exception& error) {
    context_.log.error("connection failed", {{"error", error.what()}});
  }
  close();
}

asio::awaitable<Connection::After> Connection::serve_one() {
  if (context_.draining) co_return After::close;
  idle_ = buffer_.size() == 0;
  allow(context_.options.idle_max);
  HeadParser head;
  head.header_limit(context_.options.header_bytes_max);
  head.body_limit(boost::none);
  auto [error, bytes] = co_await beast::http::async_read_header(socket_, buffer_, head, as_value);
  idle_ = false;
  if (error) co_return co_await unreadable(error);

  Request request;
  request.caller.address = address_;
  if (context_.upgrade != nullptr && beast::websocket::is_upgrade(head.get()) &&
      head.get().target() == "/ws") {
    co_await upgrade(head, request);
    co_return After::gone;
  }
  const bool keep_alive = head.keep_alive();
  bool drained = head.is_done();
  auto reply = co_await answer(head, request, drained);
  if (!socket_.is_open()) co_return After::gone;
  const auto after = !drained                           ? After::linger
                     : keep_alive && !context_.draining ? After::keep_alive
                                                        : After::close;
  co_return co_await write(
      request, reply ? *std::move(reply) : problem(reply.error(), request.caller.correlation_id),
      after);
}

asio::awaitable<Connection::After> Connection::unreadable(boost::system::error_code why) {
  const auto failure = failure_of(why);
  if (!failure) co_return After::gone;
  Request request;
  request.caller.correlation_id = Uuid::make_v7().to_string();
  co_return co_await write(request, problem(*failure, request.caller.correlation_id),
                           After::linger);
}

asio::awaitable<void> Connection::upgrade(HeadParser& head, Request& request) {
  auto read = read_head(head.get(), context_.options, request);
  if (read) read = co_await admit(head, live_route, request);
  if (!read) {
    co_await write(request, problem(read.error(), request.caller.correlation_id), After::close);
    co_return;
  }
  // The handler has its own timeouts and its own list of connections.
  deadline_ = std::chrono::steady_clock::time_point::max();
  co_await context_.upgrade->serve(std::move(socket_), head.release(), std::move(request.caller));
}

asio::awaitable<Reply> Connection::answer(HeadParser& head, Request& request, bool& drained) {
  if (auto read = read_head(head.get(), context_.options, request); !read) {
    // Where such a request ends is the client's word against ours.
    drained = false;
    co_return std::unexpected(std::move(read).error());
  }
  auto match = find_route(context_.routes, request.verb, request.path);
  if (match.route == nullptr) {
    const auto failure = not_routed(match, request, context_.options.lost_hint);
    auto response = problem(failure, request.caller.correlation_id);
    if (failure.status == 405) response.headers.emplace_back("Allow", match.allow);
    co_return response;
  }
  request.params = std::move(match.params);
  auto admitted = co_await admit(head, *match.route, request);
  Reply reply;
  if (admitted) {
    reply = co_await dispatch(head, *match.route, request, drained);
  } else {
    reply = std::unexpected(std::move(admitted).error());
  }
  if (match.route->verb != Verb::get && !request.caller.user_id.empty()) {
    auto& api = context_.api;
    api.audit.record(audit_entry(*match.route, request, reply, api.clock.now()));
  }
  co_return reply;
}

asio::awaitable<std::expected<void, Failure>> Connection::admit(const HeadParser& head,
                                                                const Route& route,
                                                                Request& request) {
  if (route.access == Access::anyone) co_return std::expected<void, Failure>();
  const auto token = token_of(head.get());
  if (!token) co_return std::unexpected(token.error());
  auto& api = context_.api;
  auto who = api.identity.recall(*token);
  if (!who) {
    auto found = co_await offload(api.pool, [&] { return api.identity.identify(*token); });
    if (!found) co_return std::unexpected(not_signed_in(std::move(found).error()));
    who = *std::move(found);
  }
  request.has_credential = !token->empty();
  request.caller.until = who->valid_until;
  request.caller.user_id = std::move(who->user_id);
  request.caller.role = who->role;
  request.caller.key_id = std::move(who->key_id);
  co_return check_access(route, who->role);
}

asio::awaitable<Reply> Connection::dispatch(HeadParser& head, const Route& route, Request& request,
                                            bool& drained) {
  std::string thrown;
  try {
    co_return co_await handle(head, route, request, drained);
  } catch (const std::exception& error) {
    thrown = error.what();
  }
  context_.log.error("request failed", {{"path", request.path},
                                        {"correlation_id", request.caller.correlation_id},
                                        {"error", thrown}});
  co_return std::unexpected(Failure(fail(Errc::internal, "the request failed here").error()));
}

asio::awaitable<Reply> Connection::handle(HeadParser& head, const Route& route, Request& request,
                                          bool& drained) {
  if (auto fits = check_media_type(route, request); !fits) {
    co_return std::unexpected(std::move(fits).error());
  }
  if (route.body == Body::upload) {
    co_return co_await dispatch_upload(head, route, request, drained);
  }
  if (!head.is_done()) {
    const auto limit =
        route.body == Body::json ? context_.options.json_bytes_max : ignored_body_bytes_max;
    auto read = co_await read_body(head, limit, request.body);
    if (!read) co_return std::unexpected(std::move(read).error());
    drained = true;
  }
  // From here on the store's own deadlines bound the time.
  deadline_ = std::chrono::steady_clock::time_point::max();
  co_return co_await answer_once(context_.api, route, request);
}

asio::awaitable<Reply> Connection::dispatch_upload(HeadParser& head, const Route& route,
                                                   Request& request, bool& drained) {
  const auto limit = context_.options.upload_bytes_max;
  if (const auto length = head.content_length(); length && *length > limit) {
    co_return std::unexpected(too_large(limit));
  }
  if (!co_await continue_if_expected(head)) {
    co_return std::unexpected(Failure(fail(Errc::cancelled, "the client went away").error()));
  }
  UploadBody body(socket_, buffer_, std::move(head), limit,
                  [this] { allow(context_.options.read_max); });
  request.stream = &body;
  auto reply = co_await route.handler(context_.api, request);
  drained = body.is_done();
  co_return reply;
}

asio::awaitable<std::expected<void, Failure>> Connection::read_body(HeadParser& head,
                                                                    std::uint64_t limit,
                                                                    std::string& body) {
  if (const auto length = head.content_length(); length && *length > limit) {
    co_return std::unexpected(too_large(limit));
  }
  if (!co_await continue_if_expected(head)) {
    co_return std::unexpected(Failure(fail(Errc::cancelled, "the client went away").error()));
  }
  allow(context_.options.read_max);
  beast::http::request_parser<beast::http::string_body> whole(std::move(head));
  whole.body_limit(limit);
  auto [error, bytes] = co_await beast::http::async_read(socket_, buffer_, whole, as_value);
  if (error == beast::http::error::body_limit) co_return std::unexpected(too_large(limit));
  if (error) {
    auto failure = failure_of(error);
    // Nobody is left to read an answer; closing makes that plain to the writer.
    if (!failure) close();
    co_return std::unexpected(
        failure.value_or(Failure(fail(Errc::cancelled, "the body stopped half-way").error())));
  }
  body = std::move(whole.get().body());
  co_return std::expected<void, Failure>();
}

asio::awaitable<bool> Connection::continue_if_expected(const HeadParser& head) {
  if (!beast::iequals(head.get()[beast::http::field::expect], "100-continue")) co_return true;
  constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
  allow(context_.options.write_max);
  auto [error, bytes] = co_await asio::async_write(socket_, asio::buffer(go_on), as_value);
  co_return !error;
}

asio::awaitable<Connection::After> Connection::write(const Request& request, Response response,
                                                     After after) {
  const auto& id = request.caller.correlation_id;
  // A body whose length nobody knows ends with the connection.
  const bool is_stream = response.source != nullptr;
  if (is_stream) after = After::close;
  std::string head = fmt::format(
      "HTTP/1.1 {} {}\r\nDate: {}\r\nX-Request-Id: {}\r\nX-Correlation-Id: {}\r\n"
      "Connection: {}\r\n",
      response.status, reason_of(response.status), context_.date, id, id,
      after == After::keep_alive ? "keep-alive" : "close");
  if (!is_stream) head += fmt::format("Content-Length: {}\r\n", response.body.size());
  if (!response.content_type.empty()) {
    head += fmt::format("Content-Type: {}\r\n", response.content_type);
  }
  for (const auto& [name, value] : response.headers) {
    head += fmt::format("{}: {}\r\n", name, value);
  }
  head += "X-Content-Type-Options: nosniff\r\n\r\n";
  const std::string_view body =
      request.verb == Verb::head ? std::string_view() : std::string_view(response.body);
  allow(context_.options.write_max);
  const std::array<asio::const_buffer, 2> parts{asio::buffer(head), asio::buffer(body)};
  auto [error, bytes] = co_await asio::async_write(socket_, parts, as_value);
  if (error) co_return After::gone;
  if (is_stream && request.verb != Verb::head) co_return co_await write_pieces(*response.source);
  co_return after;
}

asio::awaitable<Connection::After> Connection::write_pieces(BodySource& source) {
  while (true) {
    deadline_ = std::chrono::steady_clock::time_point::max();
    const auto piece = co_await source.next();
    if (!piece) co_return After::close;
    allow(context_.options.write_max);
    auto [error, bytes] = co_await asio::async_write(socket_, asio::buffer(*piece), as_value);
    if (error) co_return After::gone;
  }
}

// A client that still sends when the connection is closed would lose the answer to a reset, so
// what it sends is read and thrown away for a moment.
asio::awaitable<void> Connection::linger() {
  boost::system::error_code ignored;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  allow(linger_max);
  std::array<char, 16 * 1024> waste;
  for (std::size_t read = 0; read < linger_bytes_max;) {
    auto [error, bytes] = co_await socket_.async_read_some(asio::buffer(waste), as_value);
    if (error) co_return;
    read += bytes;
  }
}

}  // namespace trainyard::http

#pragma once

#include "api/http/server.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <chrono>

namespace trainyard::http {

// What connections share. Confined to the server's thread.
struct ServerContext {
  const log::Log& log;
  const ServerOptions& options;
  std::span<const Route> routes;
  Api& api;
  UpgradeHandler* upgrade;
  bool draining = false;
  std::string date;  // of the Date header, renewed every second
};

// One client's connection: reads requests one after the other, has them handled, writes the
// answers. The server looks at deadline() once a second and calls close() when it has passed.
class Connection {
 public:
  Connection(ServerContext& context, asio::ip::tcp::socket socket);

  asio::awaitable<void> run();  // to the end; does not throw

  std::chrono::steady_clock::time_point deadline() const { return deadline_; }
  bool is_idle() const { return idle_; }  // between requests
  void close();

 private:
  using HeadParser = beast::http::request_parser<beast::http::empty_body>;

  enum class After { keep_alive, close, linger, gone };  // linger: the client may still send

  asio::awaitable<After> serve_one();
  asio::awaitable<After> unreadable(boost::system::error_code why);
  asio::awaitable<void> upgrade(HeadParser& head, Request& request);
  // All but writing; `drained` tells whether the whole body was read.
  asio::awaitable<Reply> answer(HeadParser& head, Request& request, bool& drained);
  // Finds out who sends it, and whether they may.
  asio::awaitable<std::expected<void, Failure>> admit(const HeadParser& head, const Route& route,
                                                      Request& request);
  // Handles it; what is thrown is a failure of ours.
  asio::awaitable<Reply> dispatch(HeadParser& head, const Route& route, Request& request,
                                  bool& drained);
  asio::awaitable<Reply> handle(HeadParser& head, const Route& route, Request& request,
                                bool& drained);
  asio::awaitable<Reply> dispatch_upload(HeadParser& head, const Route& route, Request& request,
                                         bool& drained);
  asio::awaitable<std::expected<void, Failure>> read_body(HeadParser& head, std::uint64_t limit,
                                                          std::string& body);
  asio::awaitable<bool> continue_if_expected(const HeadParser& head);
  asio::awaitable<After> write(const Request& request, Response response, After after);
  asio::awaitable<After> write_pieces(BodySource& source);
  asio::awaitable<void> linger();
  void allow(std::chrono::seconds time);

  ServerContext& context_;
  asio::ip::tcp::socket socket_;
  beast::flat_buffer buffer_;
  std::chrono::steady_clock::time_point deadline_;
  std::string address_;  // the client's
  bool idle_ = true;
};

}  // namespace trainyard::http

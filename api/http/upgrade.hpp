#pragma once

#include "api/http/message.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/http/empty_body.hpp>

namespace trainyard::http {

using HandshakeRequest = beast::http::request<beast::http::empty_body>;

// Takes over connections that ask for a WebSocket at /ws. Everything runs on the server's thread.
class UpgradeHandler {
 public:
  virtual ~UpgradeHandler() = default;
  // Called once, before the server's thread starts, with that thread's executor.
  virtual void attach(asio::any_io_executor executor) = 0;
  // Serves the connection to its end. `handshake` is the request that asked for it.
  virtual asio::awaitable<void> serve(asio::ip::tcp::socket socket, HandshakeRequest handshake,
                                      service::Caller caller) = 0;
  // The server is stopping: every connection is told so and ends.
  virtual void close_all() = 0;
};

}  // namespace trainyard::http

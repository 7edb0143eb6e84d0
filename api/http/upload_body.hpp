#pragma once

#include "api/http/message.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <functional>

namespace trainyard::http {

// The body of a request as it arrives, in pieces of at most 256 KB. Refers to the connection's
// socket and buffer; `on_piece` is called before each read, to renew the connection's deadline.
class UploadBody final : public BodyStream {
 public:
  using HeadParser = beast::http::request_parser<beast::http::empty_body>;

  UploadBody(asio::ip::tcp::socket& socket, beast::flat_buffer& buffer, HeadParser&& head,
             std::uint64_t limit, std::function<void()> on_piece);

  asio::awaitable<Result<std::string_view>> next() override;
  bool is_done() const { return parser_.is_done(); }

 private:
  asio::ip::tcp::socket& socket_;
  beast::flat_buffer& buffer_;
  beast::http::request_parser<beast::http::buffer_body> parser_;
  std::uint64_t limit_;
  std::function<void()> on_piece_;
  std::vector<char> piece_;
};

}  // namespace trainyard::http

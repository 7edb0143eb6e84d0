#include "api/http/upload_body.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

namespace trainyard::http {
namespace {

constexpr std::size_t piece_bytes = 256 * 1024;

}  // namespace

UploadBody::UploadBody(asio::ip::tcp::socket& socket, beast::flat_buffer& buffer, HeadParser&& head,
                       std::uint64_t limit, std::function<void()> on_piece)
    : socket_(socket),
      buffer_(buffer),
      parser_(std::move(head)),
      limit_(limit),
      on_piece_(std::move(on_piece)),
      piece_(piece_bytes) {
  parser_.body_limit(limit);
}

asio::awaitable<Result<std::string_view>> UploadBody::next() {
  if (parser_.is_done()) co_return std::string_view();
  auto& body = parser_.get().body();
  body.data = piece_.data();
  body.size = piece_.size();
  on_piece_();
  auto [error, bytes] = co_await beast::http::async_read(socket_, buffer_, parser_,
                                                         asio::as_tuple(asio::use_awaitable));
  if (error && error != beast::http::error::need_buffer) {
    if (error == beast::http::error::body_limit) {
      co_return fail(Errc::too_large, fmt::format("the body is larger than {} bytes", limit_));
    }
    if (error == beast::http::error::bad_chunk ||
        error == beast::http::error::bad_chunk_extension) {
      co_return fail(Errc::invalid_argument, "the body's chunks are malformed");
    }
    co_return fail(Errc::cancelled, "the body stopped half-way");
  }
  co_return std::string_view(piece_.data(), piece_.size() - body.size);
}

}  // namespace trainyard::http

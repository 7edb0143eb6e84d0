#include "loadtest/client/connection.hpp"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace trainyard::loadtest {
namespace {

[[noreturn]] void give_up(const char* what) {
  std::perror(what);
  std::exit(1);
}

int number_after(std::string_view text, std::string_view label) {
  int value = -1;
  const auto at = text.find(label);
  if (at == std::string_view::npos) return value;
  const auto* begin = text.data() + at + label.size();
  std::from_chars(begin, text.data() + text.size(), value);
  return value;
}

}  // namespace

Connection::Connection(std::uint16_t port, std::string_view request)
    : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), request_(request) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) give_up("connect");
  const int on = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

Connection::~Connection() {
  close(fd_);
}

void Connection::send() {
  buffer_.clear();
  for (std::size_t sent = 0; sent < request_.size();) {
    const auto count = ::send(fd_, request_.data() + sent, request_.size() - sent, MSG_NOSIGNAL);
    if (count < 0) give_up("send");
    sent += static_cast<std::size_t>(count);
  }
}

int Connection::receive() {
  std::array<char, 65'536> chunk;
  const auto count = recv(fd_, chunk.data(), chunk.size(), MSG_DONTWAIT);
  if (count == 0) {
    errno = ECONNRESET;
    give_up("recv");
  }
  if (count < 0) {
    if (errno == EAGAIN) return 0;
    give_up("recv");
  }
  buffer_.append(chunk.data(), static_cast<std::size_t>(count));
  const auto end = buffer_.find("\r\n\r\n");
  if (end == std::string::npos) return 0;
  const std::string_view head(buffer_.data(), end);
  const int length = number_after(head, "Content-Length: ");
  body_at_ = end + 4;
  if (length < 0 || buffer_.size() < body_at_ + static_cast<std::size_t>(length)) return 0;
  return number_after(head, "HTTP/1.1 ");
}

}  // namespace trainyard::loadtest

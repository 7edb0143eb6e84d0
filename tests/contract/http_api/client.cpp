#include "tests/contract/http_api/client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace trainyard::http {

Client::Client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const timeval patience{.tv_sec = 20, .tv_usec = 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error("cannot connect to the server under test");
  }
}

Client::~Client() {
  ::close(socket_);
}

void Client::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;  // the server has answered and closed already
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void Client::fill() {
  char bytes[65536];
  const auto got = ::recv(socket_, bytes, sizeof bytes, 0);
  if (got < 0 && errno == EAGAIN) throw std::runtime_error("the server keeps silent");
  if (got <= 0) {
    ended_ = true;
  } else {
    received_.append(bytes, static_cast<std::size_t>(got));
  }
}

Answer Client::read_head() {
  std::size_t end = 0;
  while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
    if (ended_) return {};
    fill();
  }
  Answer answer;
  const auto head = received_.substr(0, end + 2);
  received_.erase(0, end + 4);
  answer.status = std::stoi(head.substr(9, 3));
  for (auto at = head.find("\r\n") + 2; at < head.size();) {
    const auto line_end = head.find("\r\n", at);
    const auto colon = head.find(": ", at);
    auto name = head.substr(at, colon - at);
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    answer.headers[name] = head.substr(colon + 2, line_end - colon - 2);
    at = line_end + 2;
  }
  return answer;
}

Answer Client::read() {
  auto answer = read_head();
  const auto known = answer.headers.find("content-length");
  const auto length = known == answer.headers.end() ? 0 : std::stoul(known->second);
  while (received_.size() < length && !ended_)
    fill();
  answer.body = received_.substr(0, length);
  received_.erase(0, length);
  return answer;
}

std::string Client::read_line() {
  while (!received_.contains('\n') && !ended_)
    fill();
  const auto end = std::min(received_.find('\n'), received_.size());
  auto line = received_.substr(0, end);
  received_.erase(0, end + 1);
  return line;
}

Answer Client::send(const std::string& method, const std::string& path, const std::string& body,
                    const std::map<std::string, std::string>& headers) {
  auto text = fmt::format("{} {} HTTP/1.1\r\nHost: test\r\n", method, path);
  for (const auto& [name, value] : headers)
    text += fmt::format("{}: {}\r\n", name, value);
  if (!body.empty()) text += fmt::format("Content-Length: {}\r\n", body.size());
  if (!body.empty() && !headers.contains("Content-Type")) {
    text += "Content-Type: application/json\r\n";
  }
  write(text + "\r\n" + body);
  return read();
}

void Client::shut_down_sending() {
  ::shutdown(socket_, SHUT_WR);
}

bool Client::is_closed_by_server() {
  while (!ended_)
    fill();
  return received_.empty();
}

}  // namespace trainyard::http

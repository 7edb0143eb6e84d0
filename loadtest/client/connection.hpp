#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace trainyard::loadtest {

// One keep-alive HTTP/1.1 connection that sends the same request again and again. Non-blocking;
// understands just what the API answers: a status line and a Content-Length.
class Connection {
 public:
  // Connects to 127.0.0.1; exits the program when that fails.
  Connection(std::uint16_t port, std::string_view request);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  int descriptor() const { return fd_; }
  void send();
  // Reads what is there; the status of a complete answer, else 0.
  int receive();
  std::string_view body() const { return std::string_view(buffer_).substr(body_at_); }

 private:
  int fd_;
  std::string_view request_;
  std::string buffer_;
  std::size_t body_at_ = 0;
};

}  // namespace trainyard::loadtest

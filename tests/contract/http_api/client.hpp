#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace trainyard::http {

struct Answer {
  int status = 0;                              // 0: the connection closed without an answer
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;

  nlohmann::json json() const { return nlohmann::json::parse(body); }
};

// One blocking connection that sends what it is told, well-formed or not.
class Client {
 public:
  explicit Client(std::uint16_t port);
  ~Client();
  Client(Client&&) = delete;

  Answer send(const std::string& method, const std::string& path, const std::string& body = "",
              const std::map<std::string, std::string>& headers = {});
  void write(std::string_view bytes);
  Answer read();
  Answer read_head();       // of an answer that has no body, or one that never ends
  std::string read_line();  // of such a body, without its end; empty at the end of the stream too
  void shut_down_sending();
  bool is_closed_by_server();  // waits for the end of the stream
  bool has_ended() const { return ended_ && received_.empty(); }

 private:
  void fill();

  int socket_;
  std::string received_;
  bool ended_ = false;
};

}  // namespace trainyard::http

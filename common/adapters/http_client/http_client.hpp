#pragma once

#include "common/base/error.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <string>

namespace trainyard::http_client {

struct Request {
  std::string method = "GET";
  std::string path;  // below the client's base URL, with its query
  std::map<std::string, std::string> headers = {};
  std::string body = {};
  std::chrono::milliseconds timeout{30'000};  // for the whole exchange
};

struct Response {
  int status = 0;
  std::string body;
};

// Blocking HTTP client of one server, over libcurl, with keep-alive. Not thread-safe: one per
// thread. Redirects are not followed. Any HTTP status is a Response; errors are unavailable (no
// connection, with the reason) and deadline.
class HttpClient {
 public:
  // `base_url`: http://host:port, or https.
  explicit HttpClient(std::string base_url);
  ~HttpClient();

  Result<Response> send(const Request& request);

 private:
  class Handle;
  std::unique_ptr<Handle> handle_;
  std::string base_url_;
};

}  // namespace trainyard::http_client

#pragma once

#include "common/base/error.hpp"
#include "common/base/secret.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace trainyard::http_client {

struct Request {
  std::string method = "GET";
  std::string path;  // below the client's base URL, with its query
  std::map<std::string, std::string> headers = {};
  std::string body = {};
  std::chrono::milliseconds timeout{30'000};  // for the whole exchange
  std::stop_token stop = {};                  // ends the exchange within about a second
};

struct Response {
  int status = 0;
  std::string body;
  std::map<std::string, std::string> headers = {};  // names in lower case
};

// Whose requests they are to a service of Amazon's kind: each is signed with Signature Version 4,
// over the header x-amz-content-sha256 as the body's hash.
struct AwsIdentity {
  std::string region;
  std::string service;
  std::string access_key_id;
  Secret secret_access_key;
};

struct ClientOptions {
  std::string ca_file = {};  // authorities to trust in place of the system's
  std::optional<AwsIdentity> identity = std::nullopt;
};

// Blocking HTTP client of one server, over libcurl, with keep-alive. Not thread-safe: one per
// thread. Redirects are not followed. Any HTTP status is a Response; errors are unavailable (no
// connection, with the reason), deadline and cancelled.
class HttpClient {
 public:
  // `base_url`: http://host:port, or https.
  explicit HttpClient(std::string base_url, ClientOptions options = {});
  ~HttpClient();

  Result<Response> send(const Request& request);

 private:
  class Handle;
  std::unique_ptr<Handle> handle_;
  std::string base_url_;
  ClientOptions options_;
};

}  // namespace trainyard::http_client

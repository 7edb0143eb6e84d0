#pragma once

#include "common/adapters/http_client/http_client.hpp"
#include "common/base/secret.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace trainyard {

// The HTTP API as the terminal commands use it: JSON in, JSON out, problem+json as an Error.
class ApiClient {
 public:
  // `key`: the credential to send, if any.
  ApiClient(std::string url, Secret key) : http_(std::move(url)), key_(std::move(key)) {}

  Result<nlohmann::json> get(const std::string& path);
  Result<nlohmann::json> post(const std::string& path, const nlohmann::json& body = {});
  Result<nlohmann::json> post_event(const nlohmann::json& event);  // a CloudEvent
  Result<nlohmann::json> put(const std::string& path, const nlohmann::json& body);
  Result<nlohmann::json> remove(const std::string& path);  // DELETE

 private:
  Result<nlohmann::json> send(http_client::Request request);

  http_client::HttpClient http_;
  Secret key_;
};

}  // namespace trainyard

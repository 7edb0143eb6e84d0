#pragma once

#include "common/adapters/http_client/http_client.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace trainyard {

// The HTTP API as the terminal commands use it: JSON in, JSON out, problem+json as an Error.
class ApiClient {
 public:
  explicit ApiClient(std::string url) : http_(std::move(url)) {}

  Result<nlohmann::json> get(const std::string& path);
  Result<nlohmann::json> post(const std::string& path, const nlohmann::json& body = {});

 private:
  Result<nlohmann::json> send(const http_client::Request& request);

  http_client::HttpClient http_;
};

}  // namespace trainyard

#pragma once

#include "common/base/error.hpp"
#include "common/base/secret.hpp"
#include "common/domain/bucket_path.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <stop_token>
#include <string>

namespace trainyard::s3 {

struct S3Options {
  std::string endpoint = {};  // empty: Amazon's, of the region
  std::string region = "us-east-1";
  std::string access_key_id = {};  // empty: requests are not signed
  Secret secret_access_key = {};
  Secret session_token = {};
  std::string ca_file = {};
  std::chrono::milliseconds timeout{60'000};  // of one try
  int retries_max = 4;
  std::chrono::milliseconds retry_delay{100};      // before the first; it doubles
  std::size_t part_bytes = std::size_t{16} << 20;  // larger objects are written in parts
};

struct S3Request {
  std::string method = "GET";
  domain::BucketPath object;  // of the bucket itself when it has no key
  std::map<std::string, std::string> query = {};
  std::map<std::string, std::string> headers = {};
  std::string body = {};
  std::stop_token stop = {};
};

struct S3Response {
  std::string body;
  std::map<std::string, std::string> headers;  // names in lower case
};

// Signed requests to an S3 server, by path-style addresses, over as many kept connections as there
// are threads. What may pass (5xx, 429, a lost connection, a slow answer) is tried again after
// jittered, doubling delays. Thread-safe. Errors: those of translate(), and cancelled.
class S3Connection {
 public:
  explicit S3Connection(S3Options options);
  ~S3Connection();

  Result<S3Response> send(const S3Request& request);
  const S3Options& options() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace trainyard::s3

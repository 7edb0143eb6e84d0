#include "common/adapters/s3/s3_connection.hpp"

#include "common/adapters/http_client/http_client.hpp"
#include "common/adapters/s3/s3_error.hpp"
#include "common/crypto/digest.hpp"
#include "common/runtime/pause.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <random>
#include <vector>

namespace trainyard::s3 {
namespace {

using http_client::HttpClient;
using std::chrono::milliseconds;

constexpr milliseconds retry_delay_max{5'000};

// RFC 3986, as the signature wants it: everything but the unreserved, in capital digits.
std::string percent_encode(std::string_view text, std::string_view kept = "") {
  constexpr std::string_view unreserved =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
  std::string encoded;
  for (const char c : text) {
    if (unreserved.contains(c) || kept.contains(c)) {
      encoded += c;
    } else {
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return encoded;
}

// The query's parameters in the order that the signature wants.
std::string path_of(const S3Request& request) {
  auto path = "/" + percent_encode(request.object.bucket);
  if (!request.object.key.empty()) path += "/" + percent_encode(request.object.key, "/");
  char separator = '?';
  for (const auto& [name, value] : request.query) {
    path += fmt::format("{}{}={}", separator, percent_encode(name), percent_encode(value));
    separator = '&';
  }
  return path;
}

std::string endpoint_of(const S3Options& options) {
  if (options.endpoint.empty()) return fmt::format("https://s3.{}.amazonaws.com", options.region);
  auto endpoint = options.endpoint;
  if (!endpoint.contains("://")) endpoint.insert(0, "https://");
  while (endpoint.ends_with('/'))
    endpoint.pop_back();
  return endpoint;
}

http_client::ClientOptions client_options(const S3Options& options) {
  http_client::ClientOptions client{.ca_file = options.ca_file};
  if (!options.access_key_id.empty()) {
    client.identity = {.region = options.region,
                       .service = "s3",
                       .access_key_id = options.access_key_id,
                       .secret_access_key = options.secret_access_key};
  }
  return client;
}

bool may_pass(const Result<http_client::Response>& response) {
  return response ? is_passing(response->status) : response.error().code != Errc::cancelled;
}

}  // namespace

class S3Connection::State {
 public:
  explicit State(S3Options options)
      : options_(std::move(options)),
        endpoint_(endpoint_of(options_)),
        random_(std::random_device{}()) {}

  Result<http_client::Response> send(const http_client::Request& request) {
    for (int tries = 0;; ++tries) {
      auto client = borrow();
      auto response = client->send(request);
      give_back(std::move(client));
      if (!may_pass(response) || tries == options_.retries_max) return response;
      if (runtime::pause_for(request.stop, delay(tries))) {
        return fail(Errc::cancelled, "the request was stopped");
      }
    }
  }

  http_client::Request request_of(const S3Request& asked) const {
    http_client::Request request{.method = asked.method,
                                 .path = path_of(asked),
                                 .headers = asked.headers,
                                 .body = asked.body,
                                 .timeout = options_.timeout,
                                 .stop = asked.stop};
    request.headers["x-amz-content-sha256"] = crypto::sha256_hex(asked.body);
    if (!asked.body.empty()) request.headers.emplace("Content-Type", "application/octet-stream");
    if (!options_.session_token.empty()) {
      request.headers["x-amz-security-token"] = options_.session_token.reveal();
    }
    return request;
  }

  const S3Options& options() const { return options_; }

 private:
  std::unique_ptr<HttpClient> borrow() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return std::make_unique<HttpClient>(endpoint_, client_options(options_));
    auto client = std::move(idle_.back());
    idle_.pop_back();
    return client;
  }
  void give_back(std::unique_ptr<HttpClient> client) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(client));
  }

  // Half to all of the doubling delay, so that those who were refused together do not come back so.
  milliseconds delay(int tries) {
    const auto whole = std::min(options_.retry_delay * (1 << std::min(tries, 10)), retry_delay_max);
    const std::lock_guard lock(mutex_);
    return milliseconds(
        std::uniform_int_distribution<std::int64_t>(whole.count() / 2, whole.count())(random_));
  }

  const S3Options options_;
  const std::string endpoint_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<HttpClient>> idle_;
  std::minstd_rand random_;
};

S3Connection::S3Connection(S3Options options)
    : state_(std::make_unique<State>(std::move(options))) {}
S3Connection::~S3Connection() = default;

const S3Options& S3Connection::options() const {
  return state_->options();
}

Result<S3Response> S3Connection::send(const S3Request& request) {
  auto response = state_->send(state_->request_of(request));
  if (!response) {
    if (response.error().code != Errc::cancelled) {
      response.error().hint = "check S3_ENDPOINT, and that the server is up";
    }
    return std::unexpected(std::move(response).error());
  }
  // An empty object has no first byte to read, and is there all the same.
  if (response->status == 416) return S3Response{.headers = std::move(response->headers)};
  if (response->status >= 300) {
    return fail(translate(response->status, parse_error(response->body), request.object.uri()));
  }
  return S3Response{.body = std::move(response->body), .headers = std::move(response->headers)};
}

}  // namespace trainyard::s3

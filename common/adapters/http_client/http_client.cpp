#include "common/adapters/http_client/http_client.hpp"

#include "common/base/invariant.hpp"

#include <fmt/format.h>

#include <curl/curl.h>
#include <mutex>

namespace trainyard::http_client {
namespace {

constexpr long connect_timeout_ms = 10'000;

std::size_t append(char* data, std::size_t size, std::size_t count, void* body) {
  static_cast<std::string*>(body)->append(data, size * count);
  return size * count;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (auto& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::size_t note_header(char* data, std::size_t size, std::size_t count, void* into) {
  const std::string_view line(data, size * count);
  auto& headers = *static_cast<std::map<std::string, std::string>*>(into);
  if (line.starts_with("HTTP/")) headers.clear();  // the last of several answers counts
  const auto colon = line.find(':');
  const auto first = line.find_first_not_of(" \t", std::min(colon, line.size() - 1) + 1);
  if (colon == line.npos || first == line.npos) return line.size();
  const auto last = line.find_last_not_of(" \t\r\n");
  headers[lower(line.substr(0, colon))] = line.substr(first, last + 1 - std::min(first, last + 1));
  return line.size();
}

// Not zero: the exchange ends.
int wants_stop(void* stop, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const std::stop_token*>(stop)->stop_requested() ? 1 : 0;
}

struct SlistDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, SlistDeleter>;

HeaderList header_list(const Request& request, const ClientOptions& options) {
  curl_slist* list = nullptr;
  // An empty Expect keeps libcurl from waiting for "100 Continue" before a larger body. It would be
  // signed and not sent.
  if (!options.identity) list = curl_slist_append(list, "Expect:");
  for (const auto& [name, value] : request.headers) {
    list = curl_slist_append(list, fmt::format("{}: {}", name, value).c_str());
  }
  return HeaderList(list);
}

}  // namespace

class HttpClient::Handle {
 public:
  Handle() {
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
    curl_ = curl_easy_init();
    invariant(curl_ != nullptr, "libcurl gives a handle");
  }
  ~Handle() { curl_easy_cleanup(curl_); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  void prepare(const std::string& url, const Request& request, curl_slist* headers,
               Response& response) {
    curl_easy_reset(curl_);
    set(CURLOPT_URL, url.c_str());
    set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
    set(CURLOPT_HTTPHEADER, headers);
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
    set(CURLOPT_CONNECTTIMEOUT_MS, connect_timeout_ms);
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_PATH_AS_IS, 1L);
    set(CURLOPT_WRITEFUNCTION, append);
    set(CURLOPT_WRITEDATA, &response.body);
    set(CURLOPT_HEADERFUNCTION, note_header);
    set(CURLOPT_HEADERDATA, &response.headers);
    if (!request.stop.stop_possible()) return;
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, wants_stop);
    set(CURLOPT_XFERINFODATA, &request.stop);
  }

  void apply(const ClientOptions& options) {
    if (!options.ca_file.empty()) set(CURLOPT_CAINFO, options.ca_file.c_str());
    if (!options.identity) return;
    const auto& identity = *options.identity;
    const auto scope = fmt::format("aws:amz:{}:{}", identity.region, identity.service);
    set(CURLOPT_AWS_SIGV4, scope.c_str());
    set(CURLOPT_USERNAME, identity.access_key_id.c_str());
    set(CURLOPT_PASSWORD, identity.secret_access_key.reveal().c_str());
  }

  template <class Value>
  void set(CURLoption option, Value value) {
    curl_easy_setopt(curl_, option, value);
  }

  Result<int> perform(const std::string& url) {
    const auto code = curl_easy_perform(curl_);
    if (code == CURLE_ABORTED_BY_CALLBACK) return fail(Errc::cancelled, "the request was stopped");
    if (code == CURLE_OPERATION_TIMEDOUT) {
      return fail(Errc::deadline, fmt::format("{} did not answer in time", url));
    }
    if (code != CURLE_OK) {
      return fail(Errc::unavailable, fmt::format("{}: {}", url, curl_easy_strerror(code)));
    }
    long status = 0;
    curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &status);
    return static_cast<int>(status);
  }

 private:
  CURL* curl_ = nullptr;
};

HttpClient::HttpClient(std::string base_url, ClientOptions options)
    : handle_(std::make_unique<Handle>()),
      base_url_(std::move(base_url)),
      options_(std::move(options)) {}
HttpClient::~HttpClient() = default;

Result<Response> HttpClient::send(const Request& request) {
  const auto url = base_url_ + request.path;
  const auto headers = header_list(request, options_);
  Response response;
  handle_->prepare(url, request, headers.get(), response);
  handle_->apply(options_);
  if (!request.body.empty() || request.method == "POST" || request.method == "PUT") {
    handle_->set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    handle_->set(CURLOPT_POSTFIELDS, request.body.c_str());
  }
  TRY(response.status, handle_->perform(url));
  return response;
}

}  // namespace trainyard::http_client

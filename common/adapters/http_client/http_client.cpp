#include "common/adapters/http_client/http_client.hpp"

#include "common/base/invariant.hpp"

#include <fmt/format.h>

#include <curl/curl.h>
#include <mutex>

namespace trainyard::http_client {
namespace {

std::size_t append(char* data, std::size_t size, std::size_t count, void* body) {
  static_cast<std::string*>(body)->append(data, size * count);
  return size * count;
}

struct SlistDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, SlistDeleter>;

HeaderList header_list(const std::map<std::string, std::string>& headers) {
  // An empty Expect keeps libcurl from waiting for "100 Continue" before a larger body.
  curl_slist* list = curl_slist_append(nullptr, "Expect:");
  for (const auto& [name, value] : headers) {
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
               std::string& answer) {
    curl_easy_reset(curl_);
    set(CURLOPT_URL, url.c_str());
    set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
    set(CURLOPT_HTTPHEADER, headers);
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_WRITEFUNCTION, append);
    set(CURLOPT_WRITEDATA, &answer);
  }

  template <class Value>
  void set(CURLoption option, Value value) {
    curl_easy_setopt(curl_, option, value);
  }

  Result<int> perform(const std::string& url) {
    const auto code = curl_easy_perform(curl_);
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

HttpClient::HttpClient(std::string base_url)
    : handle_(std::make_unique<Handle>()), base_url_(std::move(base_url)) {}
HttpClient::~HttpClient() = default;

Result<Response> HttpClient::send(const Request& request) {
  const auto url = base_url_ + request.path;
  const auto headers = header_list(request.headers);
  Response response;
  handle_->prepare(url, request, headers.get(), response.body);
  if (!request.body.empty() || request.method == "POST") {
    handle_->set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    handle_->set(CURLOPT_POSTFIELDS, request.body.c_str());
  }
  TRY(response.status, handle_->perform(url));
  return response;
}

}  // namespace trainyard::http_client

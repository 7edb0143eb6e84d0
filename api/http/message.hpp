#pragma once

#include "api/service/caller.hpp"
#include "common/base/error.hpp"
#include "common/wire/http_event.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/beast/http.hpp>

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What a handler sees and answers. The connection turns bytes into a Request and a Reply into
// bytes; handlers know nothing of sockets.

namespace trainyard::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using Verb = boost::beast::http::verb;

// A body that is made while it is sent.
class BodySource {
 public:
  virtual ~BodySource() = default;
  // The next piece; nullopt at the end. Not called before the piece before it was sent.
  virtual asio::awaitable<std::optional<std::string>> next() = 0;
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body = {};
  std::vector<std::pair<std::string_view, std::string>> headers = {};
  std::unique_ptr<BodySource> source = nullptr;  // instead of a body
};

// A refusal: the error becomes application/problem+json. The status follows from the error's code
// unless the handler knows better (a malformed request is 400, a refused config 422).
struct Failure {
  Failure(Error why);  // NOLINT: errors convert, so that TRY works in handlers
  Failure(int http_status, Error why) : status(http_status), error(std::move(why)) {}

  int status;
  Error error;
  // The job that there is all the same. Asked again under the same Idempotency-Key, it is this one.
  std::string job_id = {};
};

using Reply = std::expected<Response, Failure>;

int http_status(Errc code);
// The request itself is malformed: 400.
std::unexpected<Failure> bad_request(std::string field, std::string detail, std::string hint = {});

// A request's body in pieces, for bodies that are never held whole.
class BodyStream {
 public:
  virtual ~BodyStream() = default;
  // The next piece, empty at the end; valid until the next call. Errors: too_large,
  // invalid_argument (broken chunking), cancelled (the client went away half-way).
  virtual asio::awaitable<Result<std::string_view>> next() = 0;
};

struct Request {
  Verb verb = Verb::get;
  std::string path;  // percent-decoded
  std::vector<std::pair<std::string, std::string>> query;
  std::vector<std::string> params;   // what {…} in the route's pattern matched
  std::string content_type;          // as sent, with its parameters
  wire::HeaderFields event_headers;  // ce-… and x-trainyard-…, names in lower case
  std::string body;                  // of routes that take JSON
  BodyStream* stream = nullptr;      // of routes that take uploads
  std::string idempotency_key;       // as the client named the request, or empty
  std::string last_event_id;         // of a stream that is continued, or empty
  bool came_over_tls = false;        // says whoever ended the TLS before us
  bool has_credential = false;
  std::string changed;  // of what has no id in its path: what was changed, for the audit
  service::Caller caller;
  std::string accept;  // as sent

  const std::string* find_query(std::string_view name) const;
  std::string media_type() const;  // lower case, without parameters
};

}  // namespace trainyard::http

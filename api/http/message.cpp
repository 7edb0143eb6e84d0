#include "api/http/message.hpp"

#include <algorithm>

namespace trainyard::http {

Failure::Failure(Error why) : status(http_status(why.code)), error(std::move(why)) {}

int http_status(Errc code) {
  switch (code) {
    case Errc::invalid_argument:
      return 422;
    case Errc::not_found:
      return 404;
    case Errc::conflict:
    case Errc::illegal_transition:
    case Errc::lease_lost:
      return 409;
    case Errc::forbidden:
      return 403;
    case Errc::cancelled:
      return 400;
    case Errc::deadline:
      return 504;
    case Errc::unavailable:
    case Errc::in_doubt:
    case Errc::exhausted:
      return 503;
    case Errc::limited:
      return 429;
    case Errc::corrupt_data:
      return 400;
    case Errc::too_large:
      return 413;
    case Errc::internal:
      return 500;
  }
  std::unreachable();
}

std::unexpected<Failure> bad_request(std::string field, std::string detail, std::string hint) {
  return std::unexpected(Failure(400, Error{.code = Errc::invalid_argument,
                                            .detail = std::move(detail),
                                            .field = std::move(field),
                                            .hint = std::move(hint)}));
}

const std::string* Request::find_query(std::string_view name) const {
  const auto found = std::ranges::find(query, name, &std::pair<std::string, std::string>::first);
  return found == query.end() ? nullptr : &found->second;
}

std::string Request::media_type() const {
  auto type = content_type.substr(0, content_type.find(';'));
  while (!type.empty() && type.back() == ' ')
    type.pop_back();
  for (auto& c : type)
    c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return type;
}

}  // namespace trainyard::http

#include "api/http/sign_in.hpp"

#include <fmt/format.h>

namespace trainyard::http {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string_view field_of(const Head& head, std::string_view name) {
  const auto value = head[beast::string_view(name.data(), name.size())];
  return trimmed({value.data(), value.size()});
}

std::string_view cookie_of(const Head& head) {
  for (auto rest = field_of(head, "Cookie"); !rest.empty();) {
    const auto end = rest.find(';');
    const auto pair = trimmed(rest.substr(0, end));
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    const auto equals = pair.find('=');
    if (equals != std::string_view::npos && pair.substr(0, equals) == session_cookie) {
      return pair.substr(equals + 1);
    }
  }
  return {};
}

domain::Role role_needed(const Route& route) {
  switch (route.access) {
    case Access::anyone:
    case Access::signed_in:
      return domain::Role::viewer;
    case Access::by_method:
      return route.verb == Verb::get ? domain::Role::viewer : domain::Role::member;
    case Access::admin:
      return domain::Role::admin;
  }
  std::unreachable();
}

}  // namespace

std::expected<Secret, Failure> token_of(const Head& head) {
  constexpr std::string_view scheme = "bearer ";
  for (const auto* name : {"Authorization", "X-API-Key"}) {
    if (head.count(name) > 1) return bad_request(name, "it is sent more than once");
  }
  auto bearer = field_of(head, "Authorization");
  const auto key = field_of(head, "X-API-Key");
  if (!bearer.empty()) {
    const bool is_bearer =
        beast::iequals(beast::string_view(bearer.data(), std::min(bearer.size(), scheme.size())),
                       beast::string_view(scheme.data(), scheme.size()));
    if (!is_bearer) {
      return std::unexpected(not_signed_in({.code = Errc::forbidden,
                                            .detail = "only the scheme Bearer is understood",
                                            .field = "Authorization"}));
    }
    bearer = trimmed(bearer.substr(scheme.size()));
  }
  if (!bearer.empty() && !key.empty() && bearer != key) {
    return bad_request("X-API-Key", "it differs from what Authorization says", "send one of them");
  }
  if (!bearer.empty()) return Secret(std::string(bearer));
  return Secret(std::string(key.empty() ? cookie_of(head) : key));
}

std::expected<void, Failure> check_access(const Route& route, domain::Role role) {
  const auto needed = role_needed(route);
  if (role >= needed) return {};
  return std::unexpected(
      Failure(403, Error{.code = Errc::forbidden,
                         .detail = fmt::format("this is for the role {}, and yours is {}",
                                               to_string(needed), to_string(role)),
                         .hint = "ask an admin for a key with that role"}));
}

Failure not_signed_in(Error why) {
  if (why.code != Errc::forbidden) return Failure(std::move(why));
  return Failure(401, std::move(why));
}

std::string cookie_for(const Secret& session, std::int64_t seconds, const Request& request) {
  return fmt::format("{}={}; Path=/; Max-Age={}; HttpOnly; SameSite=Strict{}", session_cookie,
                     session.reveal(), seconds, request.came_over_tls ? "; Secure" : "");
}

}  // namespace trainyard::http

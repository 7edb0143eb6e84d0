#include "common/adapters/jwt/jwt_identity.hpp"

#include "common/crypto/base64url.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace trainyard::jwt {
namespace {

using nlohmann::json;

constexpr std::size_t user_bytes_max = 256;
// Beyond it, arithmetic on times would overflow.
constexpr double seconds_max = 253'402'300'799;  // the end of the year 9999

struct Parts {
  json header;
  json claims;
  std::string_view signed_text;
  std::string signature;
};

std::unexpected<Error> refuse(std::string detail) {
  return fail(Errc::forbidden, std::move(detail));
}

Result<json> object_of(std::string_view text) {
  const auto bytes = crypto::from_base64url(text);
  auto tree = bytes ? json::parse(*bytes, nullptr, false) : json(json::value_t::discarded);
  if (!tree.is_object()) return refuse("the token is neither an API key nor a JWT");
  return tree;
}

Result<Parts> split(std::string_view token) {
  const auto first = token.find('.');
  const auto second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos) {
    return refuse("the token is neither an API key nor a JWT");
  }
  Parts parts;
  TRY(parts.header, object_of(token.substr(0, first)));
  TRY(parts.claims, object_of(token.substr(first + 1, second - first - 1)));
  parts.signed_text = token.substr(0, second);
  auto signature = crypto::from_base64url(token.substr(second + 1));
  if (!signature) return refuse("the token's signature is not base64url");
  parts.signature = *std::move(signature);
  return parts;
}

std::string text_of(const json* value) {
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

// The value that a dotted path leads to. A claim whose name has dots itself is found first.
const json* find(const json& claims, std::string_view path) {
  if (const auto whole = claims.find(path); whole != claims.end()) return &*whole;
  const auto dot = path.find('.');
  if (dot == std::string_view::npos) return nullptr;
  const auto inner = claims.find(path.substr(0, dot));
  if (inner == claims.end() || !inner->is_object()) return nullptr;
  return find(*inner, path.substr(dot + 1));
}

Result<crypto::Signature> algorithm_of(const json& header) {
  // What must be understood and is not: RFC 7515, section 4.1.11.
  if (header.contains("crit")) return refuse("the token has critical extensions");
  const auto name = text_of(find(header, "alg"));
  if (name == "RS256") return crypto::Signature::rs256;
  if (name == "ES256") return crypto::Signature::es256;
  if (name == "EdDSA") return crypto::Signature::eddsa;
  return refuse("the token is not signed with RS256, ES256 or EdDSA");
}

Result<std::optional<TimePoint>> time_at(const json& claims, const char* name) {
  const auto found = claims.find(name);
  if (found == claims.end()) return std::nullopt;
  const double seconds = found->is_number() ? found->get<double>() : -1;
  if (!(seconds >= 0 && seconds <= seconds_max)) {
    return refuse(fmt::format("the token's {} is not a time", name));
  }
  return TimePoint(std::chrono::microseconds(static_cast<std::int64_t>(seconds * 1e6)));
}

Result<TimePoint> check_times(const json& claims, TimePoint now, std::chrono::seconds leeway) {
  TRY(const auto expires, time_at(claims, "exp"));
  TRY(const auto begins, time_at(claims, "nbf"));
  if (!expires) return refuse("the token never expires");
  if (now >= *expires + leeway) return refuse("the token has expired");
  if (begins && now < *begins - leeway) return refuse("the token is not valid yet");
  return *expires + leeway;
}

bool is_meant_for(const json& claims, const std::string& audience) {
  const auto found = claims.find("aud");
  if (found == claims.end()) return false;
  if (found->is_string()) return *found == audience;
  return found->is_array() && std::ranges::find(*found, json(audience)) != found->end();
}

domain::Role role_of(const json* claim, domain::Role fallback) {
  if (claim == nullptr) return fallback;
  std::optional<domain::Role> highest;
  for (const auto& name : claim->is_array() ? *claim : json::array({*claim})) {
    const auto role = domain::role_from(text_of(&name));
    if (role && (!highest || *role > *highest)) highest = role;
  }
  return highest.value_or(fallback);
}

}  // namespace

Result<ports::Principal> JwtIdentity::identify(const Secret& token) {
  TRY(const auto parts, split(token.reveal()));
  TRY(const auto kind, algorithm_of(parts.header));
  TRY(const auto key, keys_.find(text_of(find(parts.header, "kid")), kind));
  if (!key.verifies(parts.signed_text, parts.signature)) {
    return refuse("the token's signature is not its issuer's");
  }
  const auto& claims = parts.claims;
  TRY(const auto until, check_times(claims, clock_.now(), options_.leeway));
  if (text_of(find(claims, "iss")) != options_.issuer) {
    return refuse("the token is of another issuer");
  }
  if (!is_meant_for(claims, options_.audience)) {
    return refuse("the token is meant for another service");
  }
  auto user = text_of(find(claims, options_.user_claim));
  if (user.empty() || user.size() > user_bytes_max || user.contains('\0')) {
    return refuse(fmt::format("the token's {} names no user", options_.user_claim));
  }
  return ports::Principal{.user_id = std::move(user),
                          .role = role_of(find(claims, options_.role_claim), options_.default_role),
                          .valid_until = until};
}

}  // namespace trainyard::jwt

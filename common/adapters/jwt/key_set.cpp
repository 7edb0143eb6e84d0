#include "common/adapters/jwt/key_set.hpp"

#include "common/crypto/base64url.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <optional>

namespace trainyard::jwt {
namespace {

using nlohmann::json;

std::string text_at(const json& key, const char* name) {
  const auto found = key.find(name);
  return found != key.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string bytes_at(const json& key, const char* name) {
  return crypto::from_base64url(text_at(key, name)).value_or("");
}

Result<crypto::PublicKey> public_key(const json& key) {
  const auto type = text_at(key, "kty");
  const auto curve = text_at(key, "crv");
  if (type == "RSA") return crypto::PublicKey::rsa(bytes_at(key, "n"), bytes_at(key, "e"));
  if (type == "EC" && curve == "P-256") {
    return crypto::PublicKey::p256(bytes_at(key, "x"), bytes_at(key, "y"));
  }
  if (type == "OKP" && curve == "Ed25519") return crypto::PublicKey::ed25519(bytes_at(key, "x"));
  return fail(Errc::invalid_argument, "a kind of key that is not taken");
}

bool is_for_signatures(const json& key) {
  const auto use = text_at(key, "use");
  return use.empty() || use == "sig";
}

}  // namespace

Result<std::vector<NamedKey>> parse_key_set(std::string_view text) {
  const auto tree = json::parse(text, nullptr, false);
  const auto keys = tree.is_object() ? tree.find("keys") : tree.end();
  if (!tree.is_object() || keys == tree.end() || !keys->is_array()) {
    return fail(Errc::corrupt_data, "not a JSON Web Key Set");
  }
  std::vector<NamedKey> usable;
  for (const auto& key : *keys) {
    if (!key.is_object() || !is_for_signatures(key)) continue;
    if (auto parsed = public_key(key)) {
      usable.push_back({.id = text_at(key, "kid"), .key = *std::move(parsed)});
    }
  }
  if (!usable.empty()) return usable;
  return fail(Errc::corrupt_data,
              fmt::format("none of the {} keys of the JSON Web Key Set is an RSA, P-256 or Ed25519 "
                          "key for signatures",
                          keys->size()));
}

}  // namespace trainyard::jwt

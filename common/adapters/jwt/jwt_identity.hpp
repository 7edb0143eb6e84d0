#pragma once

#include "common/adapters/jwt/key_source.hpp"
#include "common/ports/identity.hpp"

namespace trainyard::jwt {

struct JwtOptions {
  std::string issuer;               // "iss" must be this
  std::string audience;             // "aud" must be or have this
  std::string user_claim = "sub";   // who it is; dots lead into objects
  std::string role_claim = "role";  // a role or a list of them, the highest counts
  domain::Role default_role = domain::Role::member;
  std::chrono::seconds leeway{60};  // for clocks that differ
};

// Identifies by JSON Web Tokens (RFC 7519) that an issuer signed. What is taken follows RFC 8725:
// only RS256, ES256 and EdDSA, with a key of that very kind from the issuer's published set; "alg"
// none or HS* never. "exp" is required. Thread-safe.
class JwtIdentity final : public ports::Identity {
 public:
  JwtIdentity(log::Log log, JwtOptions options, KeySource::Options keys, const Clock& clock)
      : options_(std::move(options)), keys_(std::move(log), std::move(keys)), clock_(clock) {}

  Result<ports::Principal> identify(const Secret& token) override;

 private:
  JwtOptions options_;
  KeySource keys_;
  const Clock& clock_;
};

}  // namespace trainyard::jwt

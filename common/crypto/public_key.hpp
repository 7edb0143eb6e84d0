#pragma once

#include "common/base/error.hpp"

#include <memory>
#include <string_view>

struct evp_pkey_st;

namespace trainyard::crypto {

// The signatures of RFC 7518 and RFC 8037 that are taken: RSA with PKCS1 v1.5 padding and ECDSA on
// P-256, both over SHA-256, and Ed25519.
enum class Signature { rs256, es256, eddsa };

// A key that verifies signatures of one kind, over OpenSSL. Immutable, shared by copies;
// thread-safe. Numbers are big-endian bytes, as in a JSON Web Key. Errc::invalid_argument when they
// are no key, or an RSA one of fewer than 2048 bits.
class PublicKey {
 public:
  static Result<PublicKey> rsa(std::string_view modulus, std::string_view exponent);
  static Result<PublicKey> p256(std::string_view x, std::string_view y);
  static Result<PublicKey> ed25519(std::string_view key);

  Signature kind() const { return kind_; }
  bool verifies(std::string_view message, std::string_view signature) const;

 private:
  PublicKey(Signature kind, std::shared_ptr<evp_pkey_st> key) : kind_(kind), key_(std::move(key)) {}

  Signature kind_;
  std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace trainyard::crypto

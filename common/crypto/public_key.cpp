#include "common/crypto/public_key.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <string>
#include <vector>

namespace trainyard::crypto {
namespace {

template <auto release>
struct Release {
  void operator()(auto* held) const { release(held); }
};
using Number = std::unique_ptr<BIGNUM, Release<BN_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, Release<OSSL_PARAM_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Release<OSSL_PARAM_BLD_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Release<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Release<EVP_MD_CTX_free>>;

constexpr int rsa_bits_min = 2048;
constexpr std::size_t p256_bytes = 32;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Number number_of(std::string_view bytes) {
  return Number(BN_bin2bn(bytes_of(bytes), static_cast<int>(bytes.size()), nullptr));
}

std::unexpected<Error> no_key(const char* what) {
  ERR_clear_error();
  return fail(Errc::invalid_argument, what);
}

std::shared_ptr<EVP_PKEY> make_key(const char* type, OSSL_PARAM_BLD* builder) {
  const Parameters parameters(OSSL_PARAM_BLD_to_param(builder));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
    return nullptr;
  }
  return {key, EVP_PKEY_free};
}

// A JSON Web Signature has the two numbers side by side, OpenSSL wants them in DER.
std::vector<unsigned char> der_of(std::string_view signature) {
  if (signature.size() != 2 * p256_bytes) return {};
  const std::unique_ptr<ECDSA_SIG, Release<ECDSA_SIG_free>> pair(ECDSA_SIG_new());
  auto r = number_of(signature.substr(0, p256_bytes));
  auto s = number_of(signature.substr(p256_bytes));
  if (!pair || !r || !s || ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) return {};
  static_cast<void>(r.release());
  static_cast<void>(s.release());
  std::vector<unsigned char> der(static_cast<std::size_t>(i2d_ECDSA_SIG(pair.get(), nullptr)));
  auto* end = der.data();
  i2d_ECDSA_SIG(pair.get(), &end);
  return der;
}

}  // namespace

Result<PublicKey> PublicKey::rsa(std::string_view modulus, std::string_view exponent) {
  const auto n = number_of(modulus);
  const auto e = number_of(exponent);
  const Builder builder(OSSL_PARAM_BLD_new());
  if (!n || !e || BN_num_bits(n.get()) < rsa_bits_min || !BN_is_odd(e.get())) {
    return no_key("not an RSA key of 2048 bits or more");
  }
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
  if (auto key = make_key("RSA", builder.get())) return PublicKey(Signature::rs256, key);
  return no_key("not an RSA key");
}

Result<PublicKey> PublicKey::p256(std::string_view x, std::string_view y) {
  if (x.size() != p256_bytes || y.size() != p256_bytes) return no_key("not a point on P-256");
  std::string point = "\x04";
  point.append(x).append(y);
  const Builder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                   point.size());
  if (auto key = make_key("EC", builder.get())) return PublicKey(Signature::es256, key);
  return no_key("not a point on P-256");
}

Result<PublicKey> PublicKey::ed25519(std::string_view bytes) {
  auto* key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(bytes), bytes.size());
  if (key == nullptr) return no_key("not an Ed25519 key");
  return PublicKey(Signature::eddsa, {key, EVP_PKEY_free});
}

bool PublicKey::verifies(std::string_view message, std::string_view signature) const {
  const DigestContext context(EVP_MD_CTX_new());
  const auto* digest = kind_ == Signature::eddsa ? nullptr : EVP_sha256();
  std::vector<unsigned char> given(signature.begin(), signature.end());
  if (kind_ == Signature::es256) given = der_of(signature);
  const bool is_good =
      context && !given.empty() &&
      EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key_.get()) == 1 &&
      EVP_DigestVerify(context.get(), given.data(), given.size(), bytes_of(message),
                       message.size()) == 1;
  ERR_clear_error();
  return is_good;
}

}  // namespace trainyard::crypto

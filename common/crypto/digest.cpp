#include "common/crypto/digest.hpp"

#include "common/base/invariant.hpp"

#include <array>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <span>
#include <vector>

namespace trainyard::crypto {
namespace {

std::string to_hex(std::span<const unsigned char> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const auto byte : bytes) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

}  // namespace

std::string sha256_hex(std::string_view text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return to_hex(digest);
}

std::string hmac_sha256_hex(std::string_view text, const Secret& key) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> mac;
  const auto& bytes = key.reveal();
  HMAC(EVP_sha256(), bytes.data(), static_cast<int>(bytes.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac.data(), nullptr);
  return to_hex(mac);
}

std::string content_md5(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int size = 0;
  const bool made =
      EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_md5(), nullptr) == 1;
  invariant(made, "OpenSSL knows MD5");
  std::string base64(4 * ((size + 2) / 3) + 1, '\0');
  const auto length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(base64.data()),
                                      digest.data(), static_cast<int>(size));
  base64.resize(static_cast<std::size_t>(length));
  return base64;
}

std::string random_hex(std::size_t bytes) {
  std::vector<unsigned char> random(bytes);
  const bool filled = RAND_bytes(random.data(), static_cast<int>(random.size())) == 1;
  invariant(filled, "the kernel gives random bytes");
  return to_hex(random);
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace trainyard::crypto

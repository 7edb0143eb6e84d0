#pragma once

#include "common/base/secret.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace trainyard::crypto {

// SHA-256 as 64 hexadecimal digits.
std::string sha256_hex(std::string_view text);

// HMAC (RFC 2104) with SHA-256, as 64 hexadecimal digits.
std::string hmac_sha256_hex(std::string_view text, const Secret& key);

// MD5 as Content-MD5 has it (RFC 1864): base64 of the digest. It finds accidents, not attacks.
std::string content_md5(std::string_view text);

// From the kernel's generator, two digits a byte.
std::string random_hex(std::size_t bytes);

// Takes as long for texts that differ at the front as for those that differ at the end.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace trainyard::crypto

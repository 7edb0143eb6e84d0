#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace trainyard::crypto {

std::string to_base64url(std::string_view bytes);

// The bytes that `text` stands for in base64url without padding (RFC 7515, section 2). nullopt for
// anything else, also for a last character with bits that no byte takes.
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace trainyard::crypto

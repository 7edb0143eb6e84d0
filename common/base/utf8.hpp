#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace trainyard {

// The length of the valid UTF-8 character at the front of `text`, which is not empty; 0 when there
// is none. NUL counts as a character.
std::size_t utf8_length(std::string_view text);

// `text` with U+FFFD in place of each byte that belongs to no valid character.
std::string valid_utf8(std::string_view text);

}  // namespace trainyard

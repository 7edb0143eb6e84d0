#pragma once

#include "common/base/error.hpp"

#include <span>
#include <string_view>

namespace trainyard::fuzz {

// Something that people send, and what reads it. Errc::internal with the promise that was broken.
struct Reader {
  std::string_view name;
  Result<void> (*read)(std::string_view text);
};

std::span<const Reader> request_readers();  // bodies, messages, times, expressions
std::span<const Reader> file_readers();     // which are written to a scratch directory first

// Whether an error blames the text, and says what is wrong with it.
Result<void> check_blame(const Error& error);

}  // namespace trainyard::fuzz

#pragma once

#include "common/base/secret.hpp"

#include <span>
#include <string>
#include <string_view>

namespace trainyard::executors {

// A line as it may be kept and shown: valid UTF-8 whose control characters are spaces, with *** in
// place of every one of `secrets` and of the password of a URL. What is no UTF-8 becomes U+FFFD.
std::string clean_line(std::string_view line, std::span<const Secret> secrets);

}  // namespace trainyard::executors

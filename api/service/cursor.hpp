#pragma once

#include "common/base/error.hpp"

#include <string>
#include <string_view>

// Where the next page of a list begins, opaque to clients. Pure.

namespace trainyard::service {

std::string cursor_of(std::string_view list, std::string_view last);
// What cursor_of() was told of the same list. Errors: invalid_argument for anything else.
Result<std::string> last_of(std::string_view list, std::string_view cursor);

}  // namespace trainyard::service

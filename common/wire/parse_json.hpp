#pragma once

#include "common/base/error.hpp"

#include <nlohmann/json.hpp>

#include <string_view>

namespace trainyard::wire {

// Text from outside as a tree. Errors: corrupt_data with line and column when it is not JSON, not
// UTF-8, or nested deeper than 64 levels (writing such a tree back would exhaust the stack).
Result<nlohmann::json> parse_json(std::string_view text);

}  // namespace trainyard::wire

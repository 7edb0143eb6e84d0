#pragma once

#include "common/base/error.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace trainyard::wire {

// Text from outside as a tree. Errors: corrupt_data with line and column when it is not JSON, not
// UTF-8, or nested deeper than 64 levels (writing such a tree back would exhaust the stack).
Result<nlohmann::json> parse_json(std::string_view text);
// The same for what has to be an object at its root: invalid_argument when it is not.
Result<nlohmann::json> parse_object(std::string_view body);

// What a parser says of a field that is not as it should be: invalid_argument.
std::unexpected<Error> wrong(std::string field, std::string detail, std::string hint = {});

}  // namespace trainyard::wire

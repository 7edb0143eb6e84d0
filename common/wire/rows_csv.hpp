#pragma once

#include "common/base/error.hpp"

#include <string>
#include <string_view>

namespace trainyard::wire {

// A JSON list of row objects as CSV text (RFC 4180): one column per key, in order of first
// appearance; absent and null members are empty. Errors: corrupt_data, or invalid_argument with
// the row (from 1) whose shape or value cannot be a row of a table.
Result<std::string> rows_to_csv(std::string_view rows);

}  // namespace trainyard::wire

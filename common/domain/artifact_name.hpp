#pragma once

#include "common/base/error.hpp"

#include <string_view>

namespace trainyard::domain {

// Whether `name` is a relative path of [A-Za-z0-9._-] parts, none starting with a dot, so that it
// means the same in every store and leads out of none; invalid_argument else. Pure.
Result<void> check_artifact_name(std::string_view name);

}  // namespace trainyard::domain

#pragma once

#include "common/base/error.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trainyard::http {

struct Target {
  std::string path;
  std::vector<std::pair<std::string, std::string>> query;
};

// "/api/v2/jobs?status=running" decoded. Errors: invalid_argument for a form other than origin
// form, a broken percent escape, or a NUL byte.
Result<Target> parse_target(std::string_view target);

// An id that a client sent along, when it is fit to be logged and echoed: 1 to 128 characters of
// [A-Za-z0-9._:-].
bool is_sane_id(std::string_view id);

}  // namespace trainyard::http

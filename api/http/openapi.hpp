#pragma once

#include <string_view>

namespace trainyard::http {

// schemas/openapi.json, as it was when this binary was built.
std::string_view openapi();

}  // namespace trainyard::http

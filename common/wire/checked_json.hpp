#pragma once

#include "common/base/error.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string_view>

namespace trainyard::wire {

// The envelope as parse_cloud_event() checks it, before it is taken apart: for readers that want
// two fields of ten thousand messages per second.
Result<nlohmann::json> parse_checked(std::string_view text);

}  // namespace trainyard::wire

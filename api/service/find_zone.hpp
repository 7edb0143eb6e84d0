#pragma once

#include "common/base/error.hpp"
#include "common/domain/zone.hpp"

#include <functional>
#include <memory>
#include <string_view>

namespace trainyard::service {

// A time zone by its IANA name. Errors: invalid_argument.
using FindZone = std::function<Result<std::shared_ptr<const domain::Zone>>(std::string_view name)>;

}  // namespace trainyard::service

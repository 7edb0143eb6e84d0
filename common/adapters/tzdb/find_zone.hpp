#pragma once

#include "common/base/error.hpp"
#include "common/domain/zone.hpp"

#include <memory>
#include <string_view>

namespace trainyard::tzdb {

// A zone of the system's IANA database by name ("Europe/Berlin", "UTC"), which is read once per
// process. Thread-safe. Errors: invalid_argument (no such zone), unavailable (no database).
Result<std::shared_ptr<const domain::Zone>> find_zone(std::string_view name);

}  // namespace trainyard::tzdb

#pragma once

#include "worker/forecast/prepare.hpp"

#include <string>
#include <vector>

namespace trainyard::forecast {

// A sentence for each finding that a reader of the forecast should know: what was found, what was
// done about it, and, where it helps, what the reader can do.
std::vector<std::string> warnings_of(const DataQuality& quality);

}  // namespace trainyard::forecast

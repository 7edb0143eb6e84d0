#pragma once

#include <source_location>
#include <string_view>

namespace trainyard {

// For programmer errors only, never for user input; on in every build. Prints the reason and the
// place to standard error and aborts.
void invariant(bool holds, std::string_view why,
               std::source_location where = std::source_location::current());

}  // namespace trainyard

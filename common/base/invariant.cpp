#include "common/base/invariant.hpp"

#include <cstdio>
#include <cstdlib>

namespace trainyard {

void invariant(bool holds, std::string_view why, std::source_location where) {
  if (holds) [[likely]]
    return;
  std::fprintf(stderr, "invariant broken at %s:%u: %.*s\n", where.file_name(), where.line(),
               static_cast<int>(why.size()), why.data());
  std::abort();
}

}  // namespace trainyard

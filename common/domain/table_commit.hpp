#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

namespace trainyard::domain {

// What one commit did to a versioned table.
struct TableCommit {
  std::int64_t version = 0;
  std::string operation;             // as its writer calls it: WRITE, MERGE, OPTIMIZE, …
  bool changes_data = false;         // false: it only moved or dropped what was there
  std::string schema;                // fingerprint of the schema that it carries; most carry none
  std::optional<std::int64_t> rows;  // inserted, updated or deleted; none: not told
  std::optional<std::set<std::string>> segments;  // that it touched; none: not told
};

}  // namespace trainyard::domain

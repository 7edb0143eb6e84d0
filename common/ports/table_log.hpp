#pragma once

#include "common/base/error.hpp"
#include "common/domain/table_commit.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace trainyard::ports {

// The log of a versioned table: what was committed, version by version. Reads only the log, never
// the data. All methods block and may answer unavailable. Not thread-safe.
class TableLog {
 public:
  virtual ~TableLog() = default;

  // The newest version; none while there is no table.
  virtual Result<std::optional<std::int64_t>> latest() = 0;
  // The oldest version after `version` that can still be read; older ones may be cleaned away. One
  // that is not after it says that the table was made anew, and is its oldest.
  virtual Result<std::optional<std::int64_t>> next_after(std::int64_t version) = 0;
  // not_found: not committed yet, or cleaned away. corrupt_data: it is there and cannot be read,
  // perhaps because it is being written; `row` names the line. `segment_col` is the column whose
  // values tell the segments, empty for none.
  virtual Result<domain::TableCommit> read(std::int64_t version,
                                           const std::string& segment_col) = 0;
};

}  // namespace trainyard::ports

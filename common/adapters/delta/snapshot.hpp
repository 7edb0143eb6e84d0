#pragma once

#include "common/adapters/delta/deletion_vector.hpp"
#include "common/adapters/delta/log_files.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace trainyard::delta {

struct TableColumn {
  std::string name;
  std::string stored_as;  // in the data files, and as a key of `partition`
  std::string type;       // as Delta calls it: "double", "decimal(10,2)"; empty: it is nested
};

struct DataFile {
  std::string path;  // below the table, with its real characters
  std::int64_t size = 0;
  std::map<std::string, std::optional<std::string>> partition = {};  // values by stored name
  std::optional<DeletionVector> deleted = std::nullopt;
};

// What a table holds at one version. A value.
struct Snapshot {
  std::int64_t version = 0;
  std::vector<TableColumn> columns;
  std::vector<DataFile> files;  // in the order of their paths
};

// The rows of a Parquet file of the log, a JSON object per line.
using ReadParquet = std::function<Result<std::string>(const std::string& name)>;

// Replays the log up to `version`, or to its end, from the newest checkpoint that is whole
// (classic, in parts, or of the second kind with its sidecars), as the Delta protocol has it.
// Errors: not_found (no table, or a version that is not committed or cleaned away),
// invalid_argument (the table asks its readers for what is not supported here, by name),
// corrupt_data.
Result<Snapshot> read_snapshot(LogFiles& log, std::optional<std::int64_t> version,
                               const ReadParquet& read_parquet);

}  // namespace trainyard::delta

#pragma once

#include "common/adapters/duckdb/connection_options.hpp"
#include "common/base/error.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

// Parquet files that are parts of one table.

namespace trainyard::duckdb {

struct StoredColumn {
  std::string name;
  std::string stored_as;  // in the files
  std::string type;       // DuckDB's; empty: as it is stored
};

struct StoredFile {
  std::string path;
  // Columns that are not in the file, having this value in all of its rows; by stored name.
  std::map<std::string, std::optional<std::string>> constants = {};
  std::vector<std::int64_t> deleted = {};  // rows that are left out, from 0
};

// The rows of one file as JSON, an object with all columns per line. Errors: as TableReader.
Result<std::string> read_as_json(const ConnectionOptions& options, const std::string& path,
                                 std::stop_token stop);

// Writes the files, in this order, as one Parquet file with these columns; NULL where a file has no
// such column, whether it was added later or dropped. Streams. Errors: as TableReader.
Result<void> join_files(const ConnectionOptions& options, const std::vector<StoredColumn>& columns,
                        const std::vector<StoredFile>& files, const std::string& output,
                        std::stop_token stop);

}  // namespace trainyard::duckdb

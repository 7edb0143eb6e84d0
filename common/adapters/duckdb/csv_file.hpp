#pragma once

#include "common/base/error.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

// What DuckDB has to be told about a CSV before it reads it, so that nothing is guessed from the
// data: a guess changes with the first bad row.

namespace trainyard::duckdb {

struct CsvDialect {
  char delimiter = ',';
  std::vector<std::string> columns;
};

// Reads the header line; a BOM and CRLF are fine. Errors, with line 1 as the row: empty file, no
// header, a name twice, not UTF-8, compressed.
Result<CsvDialect> read_dialect(const std::string& path);

// Calls take(line) with the line (from 1) at which each record starts, the header's first.
void for_each_record(const std::string& path, const std::function<void(std::int64_t)>& take);

// The line that holds the byte at `offset`, from 1; line breaks at the offset itself are skipped.
std::int64_t line_at(const std::string& path, std::int64_t offset);

}  // namespace trainyard::duckdb

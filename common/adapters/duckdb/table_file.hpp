#pragma once

#include "common/adapters/duckdb/connection.hpp"
#include "common/adapters/duckdb/line_numbers.hpp"
#include "common/adapters/duckdb/sql.hpp"
#include "common/domain/table.hpp"

#include <string>
#include <vector>

namespace trainyard::duckdb {

enum class FileFormat { csv, parquet };

// The number of a record (from 0, in file order) beside the file's own columns.
inline constexpr const char* record_column = "__trainyard_record";

// Where a Parquet file keeps the line numbers of the CSV it was made from.
inline constexpr const char* lines_key = "trainyard_lines";

// A file of either format as something to select from: `scan` goes after FROM and yields the
// columns plus record_column.
struct TableFile {
  std::string path;
  FileFormat format = FileFormat::csv;
  DecimalMark decimal_mark = DecimalMark::point;
  std::vector<domain::Column> columns;  // name and type
  std::string scan;
  // How a Parquet file's records are called; those of a CSV are known once it was read.
  LineNumbers lines = LineNumbers::of_rows();

  // SQL for a column's content; NULL where it cannot be read.
  std::string text_of(const domain::Column& column) const;
  std::string time_of(const domain::Column& column) const;
  std::string number_of(const domain::Column& column) const;
};

// Errors: those of ports::TableReader for files that cannot be opened at all.
Result<TableFile> open_table(Connection& connection, const std::string& path);

// What became of a complete scan: its own error, else the first row that had to be left out, as an
// error with its line, column and what to do; success when there was none. Forgets what it told.
Result<void> settle(Connection& connection, const TableFile& file, const Result<void>& scanned);

}  // namespace trainyard::duckdb

#include "common/adapters/duckdb/table_file.hpp"

#include "common/adapters/duckdb/csv_file.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>

namespace trainyard::duckdb {
namespace {

using domain::Column;
using domain::ColumnKind;

// DuckDB's default of 32 MB alone would be half of a small memory limit. Lines may have 2 MB.
constexpr int csv_buffer_bytes = 8 << 20;

Error data_error(std::string detail, std::string hint) {
  return {.code = Errc::invalid_argument,
          .detail = std::move(detail),
          .field = "data_path",
          .hint = std::move(hint),
          .category = Category::data};
}

Result<FileFormat> format_of(const std::string& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) {
    auto missing = data_error(fmt::format("there is no file '{}'", path), "check the path");
    missing.code = Errc::not_found;
    return fail(std::move(missing));
  }
  if (!std::filesystem::is_regular_file(status)) {
    return fail(
        data_error(fmt::format("'{}' is not a file", path), "name one CSV or Parquet file"));
  }
  std::array<char, 4> magic{};
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(data_error(fmt::format("'{}' may not be read", path), "check its rights"));
  file.read(magic.data(), magic.size());
  const bool is_parquet = std::string_view(magic.data(), magic.size()) == "PAR1" ||
                          std::filesystem::path(path).extension() == ".parquet";
  return is_parquet ? FileFormat::parquet : FileFormat::csv;
}

Result<TableFile> open_csv(const std::string& path) {
  TRY(auto dialect, read_dialect(path));
  TableFile file{.path = path, .format = FileFormat::csv};
  // Where ; separates the fields, the comma is free to be the decimal mark, and usually is.
  if (dialect.delimiter == ';') file.decimal_mark = DecimalMark::comma;
  std::string types;
  for (auto& name : dialect.columns) {
    types += fmt::format("{}{}: 'VARCHAR'", types.empty() ? "" : ", ", quote_text(name));
    file.columns.push_back({.name = std::move(name), .type = "VARCHAR"});
  }
  file.scan = fmt::format(
      "(SELECT *, row_number() OVER () - 1 AS {} FROM read_csv({}, auto_detect=false, "
      "delim={}, quote='\"', escape='\"', header=true, strict_mode=true, store_rejects=true, "
      "rejects_limit=1, buffer_size={}, columns={{{}}}))",
      record_column, quote_path(path), quote_text(std::string(1, dialect.delimiter)),
      csv_buffer_bytes, types);
  return file;
}

ColumnKind kind_of(std::string_view type) {
  if (type == "VARCHAR") return ColumnKind::text;
  if (type == "DATE" || type.starts_with("TIMESTAMP")) return ColumnKind::time;
  for (const std::string_view number :
       {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER",
        "UBIGINT", "FLOAT", "DOUBLE"}) {
    if (type == number) return ColumnKind::number;
  }
  return type.starts_with("DECIMAL") ? ColumnKind::number : ColumnKind::other;
}

Result<TableFile> open_parquet(Connection& connection, const std::string& path) {
  TableFile file{.path = path, .format = FileFormat::parquet};
  file.scan = fmt::format(
      "(SELECT * EXCLUDE (file_row_number), file_row_number AS {} "
      "FROM read_parquet({}, file_row_number=true))",
      record_column, quote_path(path));
  TRY(const auto columns,
      connection.rows(fmt::format("SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM "
                                  "read_parquet({}))",
                                  quote_path(path)),
                      2));
  for (const auto& column : columns) {
    file.columns.push_back({.name = *column[0], .type = *column[1], .kind = kind_of(*column[1])});
  }
  TRY(const auto lines,
      connection.rows(fmt::format("SELECT decode(value) FROM parquet_kv_metadata({}) "
                                  "WHERE key = CAST({} AS BLOB)",
                                  quote_path(path), quote_text(lines_key)),
                      1));
  if (!lines.empty()) {
    file.lines = LineNumbers::from_text(lines.front()[0].value_or("")).value_or(file.lines);
  }
  return file;
}

std::int64_t to_integer(const std::string& text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

std::string TableFile::text_of(const Column& column) const {
  return fmt::format("CAST({} AS VARCHAR)", quote_name(column.name));
}

std::string TableFile::time_of(const Column& column) const {
  if (column.kind == ColumnKind::time)
    return fmt::format("CAST({} AS TIMESTAMP)", quote_name(column.name));
  return duckdb::time_of(text_of(column));
}

std::string TableFile::number_of(const Column& column) const {
  if (column.kind == ColumnKind::number)
    return fmt::format("CAST({} AS DOUBLE)", quote_name(column.name));
  return duckdb::number_of(text_of(column), decimal_mark);
}

Result<TableFile> open_table(Connection& connection, const std::string& path) {
  TRY(const auto format, format_of(path));
  if (format == FileFormat::csv) return open_csv(path);
  return open_parquet(connection, path);
}

Result<void> settle(Connection& connection, const TableFile& file, const Result<void>& scanned) {
  if (file.format == FileFormat::parquet) return scanned;
  std::vector<Connection::Row> rejects;
  if (scanned) {
    TRY(rejects, connection.rows("SELECT CAST(error_type AS VARCHAR), column_name, error_message, "
                                 "CAST(line_byte_position AS VARCHAR) "
                                 "FROM reject_errors ORDER BY line LIMIT 1",
                                 4));
  }
  TRY_DO(connection.run("DROP TABLE IF EXISTS reject_errors"));
  TRY_DO(connection.run("DROP TABLE IF EXISTS reject_scans"));
  if (!scanned) return scanned;
  if (rejects.empty()) return {};
  const auto& reject = rejects.front();
  const auto& type = reject[0].value_or("");
  Error error{.code = Errc::invalid_argument,
              .detail = reject[2].value_or("the row cannot be read"),
              .field = reject[1].value_or(""),
              .row = line_at(file.path, to_integer(reject[3].value_or("0"))),
              .category = Category::data};
  const bool has_fewer = type == "MISSING COLUMNS";
  if (has_fewer || type == "TOO MANY COLUMNS") {
    error.detail = fmt::format("the row has {} fields than the header's {}",
                               has_fewer ? "fewer" : "more", file.columns.size());
    error.hint = has_fewer
                     ? "add the missing separators; if it is the last row, the file was cut off"
                     : "quote fields that contain the separator";
  } else if (type == "UNQUOTED VALUE") {
    error.detail = "a quoted field does not end where it should";
    error.hint = "close the quote, and double quotes inside of quoted fields";
  } else if (type == "INVALID ENCODING") {
    error.detail = "the row is not valid UTF-8";
    error.hint = "save the file as UTF-8";
  }
  return fail(std::move(error));
}

}  // namespace trainyard::duckdb

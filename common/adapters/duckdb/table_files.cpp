#include "common/adapters/duckdb/table_files.hpp"

#include "common/adapters/duckdb/connection.hpp"
#include "common/adapters/duckdb/sql.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <ranges>
#include <set>
#include <span>

namespace trainyard::duckdb {
namespace {

// Beside the files' own columns.
constexpr std::string_view file_column = "__trainyard_file";
constexpr std::string_view file_table = "__trainyard_files";
constexpr std::string_view deleted_table = "__trainyard_deleted";
constexpr std::size_t rows_at_once = 10'000;  // in one statement

std::string scan_of(const std::vector<StoredFile>& files) {
  std::string paths;
  for (const auto& file : files)
    paths += (paths.empty() ? "" : ", ") + quote_path(file.path);
  return fmt::format(
      "read_parquet([{}], union_by_name=true, hive_partitioning=false, filename={}, "
      "file_row_number=true)",
      paths, quote_text(file_column));
}

Result<std::set<std::string>> columns_in(Connection& connection, const std::string& scan,
                                         std::stop_token stop) {
  TRY(const auto rows,
      connection.rows(fmt::format("SELECT column_name FROM (DESCRIBE SELECT * FROM {})", scan), 1,
                      std::move(stop)));
  std::set<std::string> names;
  for (const auto& row : rows)
    names.insert(*row[0]);
  return names;
}

// One row per file: its path and the columns that have one value in all of it.
std::string constants_of(const std::vector<StoredFile>& files,
                         const std::vector<std::string>& names) {
  std::string rows;
  for (const auto& file : files) {
    rows += fmt::format("{}({}", rows.empty() ? "" : ", ", quote_text(file.path));
    for (const auto& name : names) {
      const auto found = file.constants.find(name);
      const bool has_value = found != file.constants.end() && found->second.has_value();
      rows += ", " + (has_value ? quote_text(*found->second) : "CAST(NULL AS VARCHAR)");
    }
    rows += ")";
  }
  std::string columns(file_column);
  for (const auto& name : names)
    columns += ", " + quote_name(name);
  return fmt::format("(VALUES {}) AS {}({})", rows, file_table, columns);
}

// The rows to leave out, as a table; an answer goes by them whether there are any or none.
Result<void> note_deleted(Connection& connection, const std::vector<StoredFile>& files,
                          const std::stop_token& stop) {
  TRY_DO(connection.run(fmt::format("CREATE TEMP TABLE {} ({} VARCHAR, row_number BIGINT)",
                                    deleted_table, file_column)));
  for (const auto& file : files) {
    for (std::size_t at = 0; at < file.deleted.size(); at += rows_at_once) {
      const auto some = std::span(file.deleted)
                            .subspan(at)
                            .first(std::min(rows_at_once, file.deleted.size() - at));
      TRY_DO(connection.run(fmt::format("INSERT INTO {} SELECT {}, unnest([{}]::BIGINT[])",
                                        deleted_table, quote_text(file.path), fmt::join(some, ",")),
                            stop));
    }
  }
  return {};
}

// What to select from, as t.
std::string source_of(const std::vector<StoredFile>& files,
                      const std::vector<std::string>& constants) {
  if (files.empty()) return "(SELECT 1) AS t WHERE false";
  auto source = scan_of(files) + " AS t";
  if (!constants.empty()) {
    source += fmt::format(" JOIN {0} ON t.{1} = {2}.{1}", constants_of(files, constants),
                          file_column, file_table);
  }
  return source + fmt::format(
                      " ANTI JOIN {0} ON t.{1} = {0}.{1} AND t.file_row_number = "
                      "{0}.row_number",
                      deleted_table, file_column);
}

std::string cast(const std::string& value, const StoredColumn& column) {
  const auto type = column.type.empty() ? std::string("VARCHAR") : column.type;
  return fmt::format("CAST({} AS {})", value, type);
}

}  // namespace

Result<std::string> read_as_json(const ConnectionOptions& options, const std::string& path,
                                 std::stop_token stop) {
  TRY(const auto connection, Connection::open(options));
  std::string lines;
  const auto take = [&](const Chunk& chunk) {
    for (std::size_t row = 0; row < chunk.rows(); ++row) {
      lines += chunk.text(0, row);
      lines += '\n';
    }
  };
  TRY_DO(connection->stream(
      fmt::format("SELECT CAST(to_json(t) AS VARCHAR) FROM read_parquet({}) AS t",
                  quote_path(path)),
      1, take, std::move(stop)));
  return lines;
}

Result<void> join_files(const ConnectionOptions& options, const std::vector<StoredColumn>& columns,
                        const std::vector<StoredFile>& files, const std::string& output,
                        std::stop_token stop) {
  TRY(const auto connection, Connection::open(options));
  std::vector<std::string> constants;
  for (const auto& column : columns) {
    const auto is_constant = [&](const auto& file) {
      return file.constants.contains(column.stored_as);
    };
    if (std::ranges::any_of(files, is_constant)) constants.push_back(column.stored_as);
  }
  std::set<std::string> stored;
  if (!files.empty()) {
    TRY(stored, columns_in(*connection, scan_of(files), stop));
  }
  std::string selected;
  for (const auto& column : columns) {
    const bool is_constant = std::ranges::find(constants, column.stored_as) != constants.end();
    const bool is_stored = !is_constant && stored.contains(column.stored_as);
    const auto name = quote_name(column.stored_as);
    const auto value = is_constant ? fmt::format("{}.{}", file_table, name)
                       : is_stored ? fmt::format("t.{}", name)
                                   : std::string("NULL");
    const bool keeps_type = is_stored && column.type.empty();
    selected += fmt::format("{}{} AS {}", selected.empty() ? "" : ", ",
                            keeps_type ? value : cast(value, column), quote_name(column.name));
  }
  TRY_DO(note_deleted(*connection, files, stop));
  const auto from = source_of(files, constants);
  return connection->run(fmt::format("COPY (SELECT {} FROM {}) TO {} (FORMAT parquet)", selected,
                                     from, quote_text(output)),
                         std::move(stop));
}

}  // namespace trainyard::duckdb

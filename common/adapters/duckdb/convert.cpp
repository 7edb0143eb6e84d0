#include "common/adapters/duckdb/convert.hpp"

#include "common/adapters/duckdb/find_kinds.hpp"
#include "common/adapters/duckdb/table_file.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace trainyard::duckdb {
namespace {

using domain::Column;
using domain::ColumnKind;

// Whether the guess from the first rows holds for all: asked of each column in one pass.
constexpr std::size_t checks = 2;

bool needs_checks(const TableFile& file, const Column& column) {
  return column.type == "VARCHAR" && file.format == FileFormat::csv &&
         (column.kind == ColumnKind::number || column.kind == ColumnKind::time);
}

std::string checks_of(const TableFile& file, const Column& column) {
  const auto text = file.text_of(column);
  // The cheap question first: most cells are not missing, and these words are none.
  const auto all = [&](const std::string& condition) {
    return fmt::format("CAST(bool_and({} OR {}) AS VARCHAR)", condition, is_missing(text));
  };
  if (column.kind == ColumnKind::number) {
    // 007 is a name, not a number: as a number it would come back as 7.
    const auto is_valid = fmt::format("({} IS NOT NULL AND NOT regexp_matches({}, '^[+-]?0\\d'))",
                                      file.number_of(column), text);
    // Whole numbers stay whole: a column of years would come back as 2020.0, which is no date.
    const auto is_whole = fmt::format("regexp_full_match(trim({}), '[+-]?\\d{{1,18}}')", text);
    return fmt::format("{}, CASE WHEN bool_and({} OR {}) THEN 'BIGINT' ELSE 'DOUBLE' END",
                       all(is_valid), is_whole, is_missing(text));
  }
  const auto time = file.time_of(column);
  return fmt::format(
      "{}, CASE WHEN bool_and(date_trunc('day', {}) = {}) THEN 'DATE' "
      "ELSE 'TIMESTAMP' END",
      all(time + " IS NOT NULL"), time, time);
}

// The column as it is written, after its type was set to what it is written as.
std::string output_of(const TableFile& file, const Column& column, const std::string& type) {
  if (type == column.type) return quote_name(column.name);
  const auto value = column.kind == ColumnKind::time ? file.time_of(column)
                     : type == "BIGINT"
                         ? fmt::format("TRY_CAST(trim({}) AS BIGINT)", file.text_of(column))
                         : file.number_of(column);
  return fmt::format("CAST({} AS {}) AS {}", value, type, quote_name(column.name));
}

// What is selected for the output, after a first pass over the input.
Result<std::string> plan(Connection& connection, TableFile& file, ports::Converted& converted,
                         std::stop_token stop) {
  TRY_DO(find_kinds(connection, file, stop));
  std::string asked = "CAST(count(*) AS VARCHAR)";
  std::size_t answers = 1;
  for (const auto& column : file.columns) {
    if (!needs_checks(file, column)) continue;
    asked += ", " + checks_of(file, column);
    answers += checks;
  }
  const auto answer =
      connection.rows(fmt::format("SELECT {} FROM {}", asked, file.scan), answers, stop);
  TRY_DO(settle(connection, file, answer ? Result<void>{} : fail(answer.error())));
  const auto& row = answer->front();
  converted.rows = std::stoll(*row[0]);
  std::string selected;
  std::size_t at = 1;
  for (const auto& column : file.columns) {
    auto type = column.type;
    if (needs_checks(file, column)) {
      if (row[at] == "true") type = *row[at + 1];
      at += checks;
    }
    selected += (selected.empty() ? "" : ", ") + output_of(file, column, type);
    converted.columns.push_back({.name = column.name, .type = type});
  }
  return selected;
}

}  // namespace

Result<ports::Converted> convert_to_parquet(Connection& connection, const std::string& input,
                                            const std::string& output, std::stop_token stop) {
  TRY(auto file, open_table(connection, input));
  ports::Converted converted;
  TRY(const auto selected, plan(connection, file, converted, stop));
  if (converted.rows == 0) {
    return fail(Error{.code = Errc::invalid_argument,
                      .detail = "the file has a header and no rows",
                      .field = "data_path",
                      .hint = "add the observations, one per row",
                      .category = Category::data});
  }
  const auto lines =
      file.format == FileFormat::csv ? LineNumbers::of_csv(file.path, converted.rows) : file.lines;
  const auto partial = output + ".partial";
  const auto written = connection.run(
      fmt::format("COPY (SELECT {} FROM {}) TO {} (FORMAT parquet, ROW_GROUP_SIZE "
                  "61440, KV_METADATA {{{}: {}}})",
                  selected, file.scan, quote_text(partial), lines_key, quote_text(lines.to_text())),
      stop);
  std::error_code error;
  if (const auto settled = settle(connection, file, written); !settled) {
    std::filesystem::remove(partial, error);
    return fail(settled.error());
  }
  std::filesystem::rename(partial, output, error);
  if (error) {
    return fail(Errc::unavailable, fmt::format("cannot write '{}': {}", output, error.message()));
  }
  return converted;
}

}  // namespace trainyard::duckdb

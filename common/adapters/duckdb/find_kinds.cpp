#include "common/adapters/duckdb/find_kinds.hpp"

#include <fmt/format.h>

namespace trainyard::duckdb {
namespace {

using domain::ColumnKind;

constexpr int sample_rows = 200;
constexpr std::size_t sample_values = 5;

}  // namespace

Result<void> find_kinds(Connection& connection, TableFile& file, std::stop_token stop) {
  std::string sql;
  for (const auto& column : file.columns) {
    const auto text = file.text_of(column);
    sql += fmt::format(
        "{} CASE WHEN {} THEN NULL ELSE {} END, CASE WHEN {} IS NOT NULL THEN 'n' "
        "WHEN {} IS NOT NULL THEN 't' ELSE '' END",
        sql.empty() ? "SELECT" : ",", is_missing(text), text, file.number_of(column),
        file.time_of(column));
  }
  sql += fmt::format(" FROM {} LIMIT {}", file.scan, sample_rows);
  const auto rows = connection.rows(sql, 2 * file.columns.size(), stop);
  const auto scanned = rows ? Result<void>{} : fail(rows.error());
  // A broken row is told of by read(), which sees them all.
  const auto settled = settle(connection, file, scanned);
  if (!rows) return fail(settled.error());
  for (std::size_t i = 0; i < file.columns.size(); ++i) {
    auto& column = file.columns[i];
    bool all_numbers = true;
    bool all_times = true;
    for (const auto& row : *rows) {
      if (!row[2 * i]) continue;
      if (column.sample.size() < sample_values) column.sample.push_back(*row[2 * i]);
      all_numbers = all_numbers && row[2 * i + 1] == "n";
      all_times = all_times && row[2 * i + 1] == "t";
    }
    if (column.kind != ColumnKind::text || column.sample.empty()) continue;
    if (all_numbers) column.kind = ColumnKind::number;
    if (all_times) column.kind = ColumnKind::time;
  }
  return {};
}

}  // namespace trainyard::duckdb

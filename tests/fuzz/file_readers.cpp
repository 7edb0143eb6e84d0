#include "common/adapters/duckdb/duckdb_table_reader.hpp"
#include "common/config/load_settings.hpp"
#include "tests/fuzz/request_readers.hpp"
#include "worker/forecast/prepare.hpp"

#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace trainyard::fuzz {
namespace {

std::string written(std::string_view text, std::string_view name) {
  static const auto directory = std::filesystem::temp_directory_path() / std::to_string(::getpid());
  std::filesystem::create_directories(directory);
  const auto path = directory / name;
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

Result<void> read_settings(std::string_view text) {
  const auto loaded = config::load_settings({.file = written(text, "settings.toml")});
  for (const auto& problem : loaded.problems)
    TRY_DO(check_blame(problem));
  return {};
}

Result<void> prepare(const domain::SegmentRows& rows) {
  const auto series = forecast::prepare(rows, std::nullopt);
  if (!series) return check_blame(series.error());
  for (const double value : series->y)
    if (!std::isfinite(value)) return fail(Errc::internal, "a prepared value is not finite");
  return {};
}

// The first three columns are times, values and segments.
Result<void> read_table(std::string_view text) {
  static const auto reader = duckdb::make_table_reader({});
  ports::SeriesQuery query{.path = written(text, "table.csv")};
  const auto info = reader->describe(query.path, {});
  if (!info) return check_blame(info.error());
  const auto& columns = info->columns;
  if (columns.size() < 2) return {};
  query.time_col = columns[0].name;
  query.target_col = columns[1].name;
  if (columns.size() > 2) query.segment_col = columns[2].name;
  const auto table = reader->read(query, {});
  if (!table) return check_blame(table.error());
  for (const auto& rows : table->segments) {
    if (rows.problem)
      TRY_DO(check_blame(*rows.problem));
    else
      TRY_DO(prepare(rows));
  }
  return {};
}

constexpr std::array readers{
    Reader{"settings", read_settings},
    Reader{"table", read_table},
};

}  // namespace

std::span<const Reader> file_readers() {
  return readers;
}

}  // namespace trainyard::fuzz

#include "deploy/trainyard/data/delta_file.hpp"

#include "common/adapters/duckdb/table_files.hpp"
#include "common/crypto/digest.hpp"

#include <fmt/format.h>

#include <fstream>

namespace trainyard {
namespace {

// As DuckDB calls them. Times are written without their zone, which in Delta is UTC.
std::string duckdb_type(const std::string& type) {
  constexpr std::pair<std::string_view, std::string_view> names[] = {
      {"string", "VARCHAR"}, {"long", "BIGINT"},         {"integer", "INTEGER"},
      {"short", "SMALLINT"}, {"byte", "TINYINT"},        {"float", "FLOAT"},
      {"double", "DOUBLE"},  {"boolean", "BOOLEAN"},     {"binary", "BLOB"},
      {"date", "DATE"},      {"timestamp", "TIMESTAMP"}, {"timestamp_ntz", "TIMESTAMP"}};
  for (const auto& [delta, duckdb] : names) {
    if (type == delta) return std::string(duckdb);
  }
  return type.starts_with("decimal(") ? type : "";
}

std::string identity_of(const std::optional<delta::DeletionVector>& deleted) {
  if (!deleted) return "";
  return fmt::format("{}@{}{}", deleted->path, deleted->offset,
                     crypto::sha256_hex(deleted->content));
}

Result<std::string> read_part(const std::filesystem::path& path, std::int64_t first,
                              std::int64_t count) {
  std::string bytes(static_cast<std::size_t>(count), '\0');
  std::ifstream file(path, std::ios::binary);
  if (!file.seekg(first)) {
    return fail(Errc::not_found, fmt::format("there is no file {}", path.string()));
  }
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  return bytes;
}

// All that the rows depend on: the files never change under their names.
std::string identity_of(const DeltaTable& table, const delta::Snapshot& snapshot) {
  auto text = fmt::format("{}\n{}\n", table.path, snapshot.version);
  for (const auto& column : snapshot.columns)
    text += fmt::format("{}\t{}\t{}\n", column.name, column.stored_as, column.type);
  for (const auto& file : snapshot.files)
    text += fmt::format("{}\t{}\t{}\n", file.path, file.size, identity_of(file.deleted));
  return crypto::sha256_hex(text);
}

Result<void> check_size(const DeltaTable& table, const delta::Snapshot& snapshot,
                        std::int64_t bytes_max) {
  std::int64_t bytes = 0;
  for (const auto& file : snapshot.files)
    bytes += file.size;
  if (bytes <= bytes_max) return {};
  return fail(Error{
      .code = Errc::too_large,
      .detail = fmt::format("{} has {} MB, more than the cache may hold", table.path, bytes >> 20),
      .hint = "raise data_cache_bytes_max"});
}

std::unexpected<Error> cleaned_away(std::int64_t version, const std::string& file) {
  return fail(Error{.code = Errc::not_found,
                    .detail = fmt::format("version {} of the table cannot be read: its file {} "
                                          "is gone",
                                          version, file),
                    .hint = "VACUUM removes files of old versions; name a later one",
                    .category = Category::data});
}

Result<void> write(const DeltaTable& table, const delta::Snapshot& snapshot,
                   const std::filesystem::path& into, const std::stop_token& stop) {
  std::vector<duckdb::StoredColumn> columns;
  for (const auto& column : snapshot.columns)
    columns.push_back({column.name, column.stored_as, duckdb_type(column.type)});
  std::vector<duckdb::StoredFile> files;
  const auto read_bytes = [&](const std::string& name, std::int64_t first,
                              std::int64_t count) -> Result<std::string> {
    TRY(const auto path, table.fetch(name));
    return read_part(path, first, count);
  };
  for (const auto& file : snapshot.files) {
    const auto path = table.fetch(file.path);
    if (!path && path.error().code == Errc::not_found) {
      return cleaned_away(snapshot.version, file.path);
    }
    TRY_DO(path);
    auto& stored = files.emplace_back(path->string(), file.partition);
    if (file.deleted) {
      TRY(stored.deleted, delta::deleted_rows(*file.deleted, read_bytes));
    }
  }
  return duckdb::join_files({}, columns, files, into.string(), stop);
}

}  // namespace

Result<std::filesystem::path> write_delta_table(const DeltaTable& table,
                                                std::optional<std::int64_t> version,
                                                filesystem::FileCache& cache,
                                                std::stop_token stop) {
  const auto read_parquet = [&](const std::string& name) -> Result<std::string> {
    TRY(const auto path, table.fetch("_delta_log/" + name));
    return duckdb::read_as_json({}, path.string(), stop);
  };
  TRY(const auto snapshot, delta::read_snapshot(*table.log, version, read_parquet));
  TRY_DO(check_size(table, snapshot, cache.bytes_max()));
  return cache.get(
      identity_of(table, snapshot) + ".parquet",
      [&](const auto& into) { return write(table, snapshot, into, stop); }, stop);
}

}  // namespace trainyard

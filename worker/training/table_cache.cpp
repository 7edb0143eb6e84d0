#include "worker/training/table_cache.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace trainyard::training {
namespace {

// What a byte of a file may take in memory: text of dates and numbers is rarely shorter than half
// of that, while Parquet is compressed.
constexpr std::uintmax_t bytes_per_text_byte = 2;
constexpr std::uintmax_t bytes_per_parquet_byte = 16;

std::uintmax_t bytes_in_memory(const std::string& path, std::uintmax_t size) {
  return size * (path.ends_with(".parquet") ? bytes_per_parquet_byte : bytes_per_text_byte);
}

struct FileState {
  std::uintmax_t size = 0;
  std::string version;
};

std::optional<FileState> state_of(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error) return std::nullopt;
  const auto changed = std::filesystem::last_write_time(path, error).time_since_epoch().count();
  if (error) return std::nullopt;
  return FileState{size, fmt::format("{}:{}", size, changed)};
}

std::string key_of(const LoadRequest& request, const std::string& version) {
  const auto& roles = request.roles;
  return fmt::format("{}\n{}\n{}\n{}\n{}\n{}", request.path, version, roles.time, roles.target,
                     roles.segment, fmt::join(request.covariates, "\n"));
}

std::size_t bytes_of(const domain::SeriesTable& table) {
  std::size_t bytes = sizeof table;
  for (const auto& segment : table.segments) {
    bytes += sizeof segment + segment.segment.capacity() +
             segment.observations.capacity() * sizeof(domain::Observation);
    for (const auto& column : segment.covariates)
      bytes += column.capacity() * sizeof(double);
  }
  return bytes;
}

}  // namespace

Result<std::shared_ptr<const LoadedTable>> TableCache::load(const LoadRequest& request,
                                                            const std::stop_token& stop) {
  const auto state = state_of(request.path);
  const auto key = state ? key_of(request, state->version) : std::string{};
  const auto found = std::ranges::find(entries_, key, &Entry::key);
  if (found != entries_.end()) {
    entries_.splice(entries_.begin(), entries_, found);
    return entries_.front().table;
  }
  auto loaded = std::make_shared<LoadedTable>();
  loaded->key = key;
  TRY(loaded->info, reader_.describe(request.path, stop));
  TRY(loaded->roles, forecast::choose_columns(loaded->info, request.roles));
  ports::SeriesQuery query{.path = request.path,
                           .time_col = loaded->roles.time,
                           .target_col = loaded->roles.target,
                           .segment_col = loaded->roles.segment,
                           .covariates = request.covariates};
  const bool fits = state && bytes_in_memory(request.path, state->size) <= bytes_max_;
  if (!fits && !query.segment_col.empty()) query.segment = request.segment;
  TRY(loaded->table, reader_.read(query, stop));
  const auto bytes = bytes_of(loaded->table);
  if (!key.empty() && !query.segment && bytes <= bytes_max_) keep({key, loaded, bytes});
  return loaded;
}

void TableCache::keep(Entry entry) {
  bytes_ += entry.bytes;
  entries_.push_front(std::move(entry));
  while (bytes_ > bytes_max_) {
    bytes_ -= entries_.back().bytes;
    entries_.pop_back();
  }
}

}  // namespace trainyard::training

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

// Enough for a few large files, whose jobs alternate, to have each its place in the cache.
constexpr std::size_t neighbourhoods_max = 8;
constexpr std::size_t layouts_max = 4;

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

ports::SeriesQuery query_of(const LoadRequest& request, const forecast::ColumnRoles& roles,
                            std::vector<std::string> segments = {}) {
  return {.path = request.path,
          .time_col = roles.time,
          .target_col = roles.target,
          .segment_col = roles.segment,
          .covariates = request.covariates,
          .segments = std::move(segments)};
}

// None when all were read.
std::unordered_set<std::string_view> names_in(const LoadedTable& loaded,
                                              const std::vector<std::string>& asked) {
  std::unordered_set<std::string_view> names;
  if (asked.empty()) return names;
  for (const auto& rows : loaded.table.segments)
    names.insert(rows.segment);
  return names;
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

bool TableCache::Entry::has(const std::string& wanted,
                            const std::optional<std::string>& segment) const {
  return key == wanted && (segments.empty() || (segment && segments.contains(*segment)));
}

Result<std::shared_ptr<const LoadedTable>> TableCache::load(const LoadRequest& request,
                                                            const std::stop_token& stop) {
  const auto state = state_of(request.path);
  const auto key = state ? key_of(request, state->version) : std::string{};
  const auto found = std::ranges::find_if(
      entries_, [&](const Entry& entry) { return entry.has(key, request.segment); });
  if (found != entries_.end()) {
    entries_.splice(entries_.begin(), entries_, found);
    return entries_.front().table;
  }
  auto loaded = std::make_shared<LoadedTable>();
  loaded->key = key;
  std::vector<std::string> segments;
  const bool fits = state && bytes_in_memory(request.path, state->size) <= bytes_max_;
  if (fits || !request.segment) {
    TRY(loaded->info, reader_.describe(request.path, stop));
    TRY(loaded->roles, forecast::choose_columns(loaded->info, request.roles));
  } else {
    TRY(const auto whole, layout(request, stop));
    loaded->info = whole->info;
    loaded->roles = whole->roles;
    segments = neighbours(*whole, request);
  }
  TRY(loaded->table, reader_.read(query_of(request, loaded->roles, segments), stop));
  const auto bytes = bytes_of(loaded->table);
  if (!key.empty() && bytes <= bytes_max_) keep({key, loaded, bytes, names_in(*loaded, segments)});
  return loaded;
}

Result<std::shared_ptr<const TableLayout>> TableCache::layout(const LoadRequest& request,
                                                              const std::stop_token& stop) {
  const auto state = state_of(request.path);
  const auto key = state ? key_of(request, state->version) : std::string{};
  const auto found = std::ranges::find(layouts_, key, &Layout::key);
  if (found != layouts_.end()) {
    layouts_.splice(layouts_.begin(), layouts_, found);
    return layouts_.front().layout;
  }
  auto layout = std::make_shared<TableLayout>();
  TRY(layout->info, reader_.describe(request.path, stop));
  TRY(layout->roles, forecast::choose_columns(layout->info, request.roles));
  TRY(layout->segments, reader_.segments(query_of(request, layout->roles), stop));
  if (!key.empty()) layouts_.push_front({key, layout});
  if (layouts_.size() > layouts_max) layouts_.pop_back();
  return layout;
}

// The asked segment and as many after it as their share of the cache holds; from the first on when
// there is no such segment, so that its refusal can name some.
std::vector<std::string> TableCache::neighbours(const TableLayout& layout,
                                                const LoadRequest& request) const {
  if (layout.roles.segment.empty()) return {};
  const auto& all = layout.segments;
  auto next = std::ranges::find(all, *request.segment, &domain::SegmentSize::segment);
  if (next == all.end()) next = all.begin();
  const auto row_bytes = sizeof(domain::Observation) + request.covariates.size() * sizeof(double);
  std::vector<std::string> names;
  for (std::size_t bytes = 0; next != all.end() && bytes < bytes_max_ / neighbourhoods_max;
       ++next) {
    names.push_back(next->segment);
    bytes += sizeof(domain::SegmentRows) + static_cast<std::size_t>(next->rows) * row_bytes;
  }
  return names;
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

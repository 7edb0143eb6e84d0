#pragma once

#include "common/ports/table_reader.hpp"
#include "worker/forecast/columns.hpp"

#include <list>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace trainyard::training {

// What a job asks of a file.
struct LoadRequest {
  std::string path;
  forecast::ColumnRoles roles;  // as asked; empty names are inferred
  std::vector<std::string> covariates = {};
  std::optional<std::string> segment = std::nullopt;
};

struct LoadedTable {
  std::string key;  // names the file, as it was, and the columns; empty when it was not found
  domain::TableInfo info;
  forecast::ColumnRoles roles;  // as found
  domain::SeriesTable table;    // the asked segment alone, or more
};

// What is known of a file without its values.
struct TableLayout {
  domain::TableInfo info;
  forecast::ColumnRoles roles;  // as found
  std::vector<domain::SegmentSize> segments;
};

// Keeps tables in memory between the jobs of one process, because a batch asks for the same file
// once per segment and model. A file is known by path, size and time of change; the least recently
// used tables go when `bytes_max` is reached. Of a file too large for that, the asked segment is
// read together with those that follow it, as a batch's jobs do. Not thread-safe.
class TableCache {
 public:
  TableCache(ports::TableReader& reader, std::size_t bytes_max)
      : reader_(reader), bytes_max_(bytes_max) {}

  // Errors: those of TableReader and choose_columns.
  Result<std::shared_ptr<const LoadedTable>> load(const LoadRequest& request,
                                                  const std::stop_token& stop);
  // Of the whole file, whichever segment is asked for. Errors: as above.
  Result<std::shared_ptr<const TableLayout>> layout(const LoadRequest& request,
                                                    const std::stop_token& stop);

 private:
  struct Entry {
    std::string key;
    std::shared_ptr<const LoadedTable> table;
    std::size_t bytes;
    std::unordered_set<std::string_view> segments = {};  // in the table, unless it is whole

    bool has(const std::string& key, const std::optional<std::string>& segment) const;
  };
  struct Layout {
    std::string key;
    std::shared_ptr<const TableLayout> layout;
  };

  std::vector<std::string> neighbours(const TableLayout& layout, const LoadRequest& request) const;
  void keep(Entry entry);

  ports::TableReader& reader_;
  std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  std::list<Entry> entries_;   // most recently used first
  std::list<Layout> layouts_;  // likewise
};

}  // namespace trainyard::training

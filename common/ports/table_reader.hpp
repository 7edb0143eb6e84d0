#pragma once

#include "common/domain/table.hpp"

#include <stop_token>
#include <string>
#include <vector>

namespace trainyard::ports {

struct SeriesQuery {
  std::string path;
  std::string time_col;
  std::string target_col;
  std::string segment_col;  // empty: the whole file is one series
  std::vector<std::string> covariates = {};
  std::vector<std::string> segments = {};  // read these alone; empty: all
};

struct Converted {
  std::int64_t rows = 0;
  std::vector<domain::Column> columns;
};

// Reads series out of tabular files. One thread at a time.
//
// Errors, all with what to do as the hint: not_found (no such file), invalid_argument with `row`
// and `field` (a file that is broken as a whole: ragged row, invalid UTF-8, cut off, not a table),
// invalid_argument with `field` (a column that is not there), exhausted (memory limit),
// unavailable (the reader itself could not be started), cancelled (`stop` was requested).
class TableReader {
 public:
  virtual ~TableReader() = default;

  virtual Result<domain::TableInfo> describe(const std::string& path, std::stop_token stop) = 0;
  virtual Result<domain::SeriesTable> read(const SeriesQuery& query, std::stop_token stop) = 0;
  // Those of the whole file in order of first appearance, without reading their values.
  virtual Result<std::vector<domain::SegmentSize>> segments(const SeriesQuery& query,
                                                            std::stop_token stop) = 0;
  // Writes any file that can be read as Parquet, streaming. A text column becomes one of numbers or
  // times only when all of its cells are, so a bad cell is still there to be told of. The output
  // appears complete or not at all.
  virtual Result<Converted> to_parquet(const std::string& input, const std::string& output,
                                       std::stop_token stop) = 0;
};

}  // namespace trainyard::ports

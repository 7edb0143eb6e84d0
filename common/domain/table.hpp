#pragma once

#include "common/base/error.hpp"
#include "common/base/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What a file of series holds, as values: between whoever reads files and whoever forecasts.

namespace trainyard::domain {

// Text columns of a CSV are `text` here even when they look like dates or numbers; `sample` has the
// first few non-empty values for whoever must guess.
enum class ColumnKind { text, number, time, other };

struct Column {
  std::string name;
  std::string type;  // as the file calls it: "VARCHAR", "DOUBLE", …
  ColumnKind kind = ColumnKind::text;
  std::vector<std::string> sample = {};
};

struct TableInfo {
  std::vector<Column> columns;
};

// One observation. `row` is what a person finds it by: the line of a CSV, the row of a Parquet
// file, both counted from 1. A missing value is NaN.
struct Observation {
  TimePoint time;
  double value = 0;
  std::int64_t row = 0;
};

// The rows of one segment in file order. `problem` is the first cell that cannot be read (a bad
// date, text in the target); such a segment cannot be trained, its neighbours can.
struct SegmentRows {
  std::string segment;  // empty when the table has no segment column
  std::vector<Observation> observations;
  std::vector<std::vector<double>> covariates = {};  // one per covariate column, aligned
  std::optional<Error> problem = std::nullopt;
};

struct SegmentSize {
  std::string segment;  // empty when the table has no segment column
  std::int64_t rows = 0;
};

// In order of first appearance.
struct SeriesTable {
  std::vector<SegmentRows> segments;
  std::int64_t rows = 0;
};

}  // namespace trainyard::domain

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trainyard::duckdb {

// What people call a record of a table: the line of its CSV, or its row where there are no lines.
// Kept as the few places where the distance between record and line changes, so that it can travel
// in the metadata of a Parquet file made from a CSV. A value; at() never fails.
class LineNumbers {
 public:
  // Record i is row i + 1.
  static LineNumbers of_rows() { return LineNumbers({{.first_record = 0, .distance = 1}}); }
  // Record i is line i + 2: below a header, no blank lines, no line breaks in quotes.
  static LineNumbers of_plain_csv() { return LineNumbers({{.first_record = 0, .distance = 2}}); }
  // Reads the file. A file with very many irregular places is numbered by rows, and one whose
  // records are not the `records` that were read as if it were plain.
  static LineNumbers of_csv(const std::string& path, std::int64_t records);
  // Nothing unless to_text() wrote it.
  static std::optional<LineNumbers> from_text(std::string_view text);

  std::int64_t at(std::int64_t record) const;  // records count from 0
  std::string to_text() const;

 private:
  struct Change {
    std::int64_t first_record;
    std::int64_t distance;
  };

  explicit LineNumbers(std::vector<Change> changes) : changes_(std::move(changes)) {}

  std::vector<Change> changes_;  // ascending, the first for record 0
};

}  // namespace trainyard::duckdb

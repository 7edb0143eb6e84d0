#include "common/adapters/duckdb/duckdb_table_reader.hpp"

#include "common/adapters/duckdb/connection.hpp"
#include "common/adapters/duckdb/convert.hpp"
#include "common/adapters/duckdb/find_kinds.hpp"
#include "common/adapters/duckdb/table_file.hpp"
#include "common/domain/forecast_spec.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <ranges>
#include <unordered_map>

namespace trainyard::duckdb {
namespace {

using domain::Column;
using domain::ColumnKind;

constexpr TimePoint earliest = std::chrono::sys_days(std::chrono::year(1000) / 1 / 1);
constexpr TimePoint latest = std::chrono::sys_days(std::chrono::year(9999) / 12 / 31);

Result<const Column*> find_column(const TableFile& file, const std::string& name,
                                  std::string_view key) {
  std::vector<std::string_view> names;
  for (const auto& column : file.columns) {
    if (column.name == name) return &column;
    names.push_back(column.name);
  }
  const auto near = domain::nearest(name, names);
  return fail(Error{
      .code = Errc::invalid_argument,
      .detail = fmt::format("there is no column '{}'; there are: {}", name, fmt::join(names, ", ")),
      .field = std::string(key),
      .hint = near.empty() ? "" : fmt::format("did you mean '{}'?", near),
      .category = Category::config});
}

// The answer's columns; text is NULL unless the cell could not be read.
enum Cell : std::size_t { segment, record, micros, time_text, value, value_text, first_covariate };

struct Plan {
  TableFile file;
  std::string segment;  // as SQL
  std::string sql;
  std::size_t columns = first_covariate;
};

std::string unreadable(const std::string& text, const std::string& parsed, bool missing_is_fine) {
  const auto bad = fmt::format("{} IS NULL", parsed);
  return fmt::format("CASE WHEN {}{} THEN COALESCE({}, '') END", bad,
                     missing_is_fine ? fmt::format(" AND NOT {}", is_missing(text)) : "", text);
}

Result<Plan> plan_of(Connection& connection, const ports::SeriesQuery& query) {
  TRY(auto file, open_table(connection, query.path));
  TRY(const auto* time, find_column(file, query.time_col, "time_col"));
  TRY(const auto* target, find_column(file, query.target_col, "target_col"));
  Plan plan;
  plan.segment = "''";
  if (!query.segment_col.empty()) {
    TRY(const auto* column, find_column(file, query.segment_col, "segment_col"));
    plan.segment = fmt::format("COALESCE({}, '')", file.text_of(*column));
  }
  const auto time_sql = file.time_of(*time);
  const auto value_sql = file.number_of(*target);
  plan.sql = fmt::format("SELECT {}, {}, epoch_us({}), {}, {}, {}", plan.segment, record_column,
                         time_sql, unreadable(file.text_of(*time), time_sql, false), value_sql,
                         unreadable(file.text_of(*target), value_sql, true));
  for (const auto& name : query.covariates) {
    TRY(const auto* column, find_column(file, name, "covariates"));
    const auto number = file.number_of(*column);
    plan.sql += fmt::format(", {}, {}", number, unreadable(file.text_of(*column), number, true));
    plan.columns += 2;
  }
  plan.sql += " FROM " + file.scan;
  if (!query.segments.empty()) {
    const auto names = query.segments | std::views::transform(quote_text);
    plan.sql += fmt::format(" WHERE {} IN ({})", plan.segment, fmt::join(names, ", "));
  }
  plan.file = std::move(file);
  return plan;
}

// Sorts the rows of an answer into segments.
class Collector {
 public:
  explicit Collector(const ports::SeriesQuery& query) : query_(query) {}

  void take(const Chunk& chunk) {
    for (std::size_t row = 0; row < chunk.rows(); ++row)
      take_row(chunk, row);
  }

  domain::SeriesTable table;

 private:
  void take_row(const Chunk& chunk, std::size_t row) {
    ++table.rows;
    const auto number = chunk.integer(Cell::record, row);
    auto& rows = segment_of(chunk.text(Cell::segment, row));
    if (rows.segment.empty() && !query_.segment_col.empty()) {
      note(rows, number, query_.segment_col, "the row does not say which segment it belongs to",
           "fill in the column");
    }
    domain::Observation observation{.value = missing, .row = number};
    if (!chunk.is_null(Cell::micros, row)) {
      observation.time = TimePoint(std::chrono::microseconds(chunk.integer(Cell::micros, row)));
    }
    if (observation.time < earliest || observation.time > latest ||
        chunk.is_null(Cell::micros, row)) {
      const auto text = chunk.is_null(Cell::time_text, row) ? "" : chunk.text(Cell::time_text, row);
      note(rows, number, query_.time_col,
           text.empty() ? "the date is missing or out of range"
                        : fmt::format("'{}' is not a date", text),
           "write dates like 2020-01-31");
    }
    if (!chunk.is_null(Cell::value, row)) observation.value = chunk.number(Cell::value, row);
    check_number(chunk, Cell::value, row, rows, query_.target_col, number);
    rows.observations.push_back(observation);
    for (std::size_t i = 0; i < query_.covariates.size(); ++i) {
      const auto cell = Cell::first_covariate + 2 * i;
      rows.covariates[i].push_back(chunk.is_null(cell, row) ? missing : chunk.number(cell, row));
      check_number(chunk, cell, row, rows, query_.covariates[i], number);
    }
  }

  void check_number(const Chunk& chunk, std::size_t cell, std::size_t row,
                    domain::SegmentRows& rows, const std::string& column, std::int64_t number) {
    if (!chunk.is_null(cell + 1, row)) {
      note(rows, number, column,
           fmt::format("'{}' is not a number", chunk.text(cell + 1, row).substr(0, 40)),
           "leave the cell empty when the value is missing");
    } else if (!chunk.is_null(cell, row) && std::isinf(chunk.number(cell, row))) {
      note(rows, number, column, "the value is infinite or too large",
           "leave the cell empty when the value is missing");
    }
  }

  // Rows come in batches of one segment more often than not.
  domain::SegmentRows& segment_of(std::string_view name) {
    if (!table.segments.empty() && table.segments[last_].segment == name)
      return table.segments[last_];
    const auto [entry, is_new] = index_.try_emplace(std::string(name), table.segments.size());
    if (is_new) {
      table.segments.push_back({.segment = std::string(name)});
      table.segments.back().covariates.resize(query_.covariates.size());
    }
    last_ = entry->second;
    return table.segments[last_];
  }

  static void note(domain::SegmentRows& rows, std::int64_t record, const std::string& column,
                   std::string detail, std::string hint) {
    if (rows.problem) return;
    rows.problem = Error{.code = Errc::invalid_argument,
                         .detail = std::move(detail),
                         .field = column,
                         .row = record,
                         .hint = std::move(hint),
                         .category = Category::data};
  }

  static constexpr double missing = std::numeric_limits<double>::quiet_NaN();
  const ports::SeriesQuery& query_;
  std::unordered_map<std::string, std::size_t> index_;
  std::size_t last_ = 0;
};

// From record numbers (from 0) to what people count.
void number_rows(domain::SeriesTable& table, const LineNumbers& lines) {
  for (auto& segment : table.segments) {
    for (auto& observation : segment.observations)
      observation.row = lines.at(observation.row);
    if (segment.problem) segment.problem->row = lines.at(*segment.problem->row);
  }
}

class DuckDbTableReader : public ports::TableReader {
 public:
  explicit DuckDbTableReader(ConnectionOptions options) : options_(std::move(options)) {}

  Result<domain::TableInfo> describe(const std::string& path, std::stop_token stop) override;
  Result<domain::SeriesTable> read(const ports::SeriesQuery& query, std::stop_token stop) override;
  Result<std::vector<domain::SegmentSize>> segments(const ports::SeriesQuery& query,
                                                    std::stop_token stop) override;
  Result<ports::Converted> to_parquet(const std::string& input, const std::string& output,
                                      std::stop_token stop) override;

 private:
  Result<Connection*> connection();

  ConnectionOptions options_;
  std::unique_ptr<Connection> connection_;
};

Result<Connection*> DuckDbTableReader::connection() {
  if (!connection_) {
    TRY(connection_, Connection::open(options_));
  }
  return connection_.get();
}

Result<domain::SeriesTable> DuckDbTableReader::read(const ports::SeriesQuery& query,
                                                    std::stop_token stop) {
  TRY(auto* const database, connection());
  TRY(const auto plan, plan_of(*database, query));
  Collector collector(query);
  const auto take = [&](const Chunk& chunk) { collector.take(chunk); };
  const auto streamed = database->stream(plan.sql, plan.columns, take, stop);
  TRY_DO(settle(*database, plan.file, streamed));
  const auto& file = plan.file;
  number_rows(collector.table, file.format == FileFormat::parquet ? file.lines
                               : query.segments.empty()
                                   ? LineNumbers::of_csv(file.path, collector.table.rows)
                                   : LineNumbers::of_plain_csv());
  return std::move(collector.table);
}

Result<std::vector<domain::SegmentSize>> DuckDbTableReader::segments(
    const ports::SeriesQuery& query, std::stop_token stop) {
  TRY(auto* const database, connection());
  TRY(const auto plan, plan_of(*database, query));
  std::vector<domain::SegmentSize> segments;
  const auto take = [&](const Chunk& chunk) {
    for (std::size_t row = 0; row < chunk.rows(); ++row)
      segments.emplace_back(std::string(chunk.text(0, row)), chunk.integer(1, row));
  };
  const auto sql = fmt::format("SELECT {}, count(*) FROM {} GROUP BY 1 ORDER BY min({})",
                               plan.segment, plan.file.scan, record_column);
  TRY_DO(settle(*database, plan.file, database->stream(sql, 2, take, stop)));
  return segments;
}

Result<ports::Converted> DuckDbTableReader::to_parquet(const std::string& input,
                                                       const std::string& output,
                                                       std::stop_token stop) {
  TRY(auto* const database, connection());
  return convert_to_parquet(*database, input, output, stop);
}

Result<domain::TableInfo> DuckDbTableReader::describe(const std::string& path,
                                                      std::stop_token stop) {
  TRY(auto* const database, connection());
  TRY(auto file, open_table(*database, path));
  TRY_DO(find_kinds(*database, file, stop));
  return domain::TableInfo{std::move(file.columns)};
}

}  // namespace

std::unique_ptr<ports::TableReader> make_table_reader(ConnectionOptions options) {
  return std::make_unique<DuckDbTableReader>(std::move(options));
}

}  // namespace trainyard::duckdb

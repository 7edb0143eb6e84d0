#pragma once

#include "common/adapters/duckdb/connection.hpp"
#include "common/ports/table_reader.hpp"

#include <memory>

namespace trainyard::duckdb {

// Reads CSV (BOM, CRLF, ; tab or | separators, quoted fields) and Parquet. The library is loaded
// and the database made when the first file is opened. One thread at a time.
class DuckDbTableReader : public ports::TableReader {
 public:
  explicit DuckDbTableReader(ConnectionOptions options) : options_(std::move(options)) {}

  Result<domain::TableInfo> describe(const std::string& path, std::stop_token stop) override;
  Result<domain::SeriesTable> read(const ports::SeriesQuery& query, std::stop_token stop) override;
  Result<ports::Converted> to_parquet(const std::string& input, const std::string& output,
                                      std::stop_token stop) override;

 private:
  Result<Connection*> connection();

  ConnectionOptions options_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace trainyard::duckdb

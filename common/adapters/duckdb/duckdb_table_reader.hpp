#pragma once

#include "common/adapters/duckdb/connection_options.hpp"
#include "common/ports/table_reader.hpp"

#include <memory>

namespace trainyard::duckdb {

// Reads CSV (BOM, CRLF, ; tab or | separators, quoted fields) and Parquet. The library is loaded
// and the database made when the first file is opened. One thread at a time.
std::unique_ptr<ports::TableReader> make_table_reader(ConnectionOptions options);

}  // namespace trainyard::duckdb

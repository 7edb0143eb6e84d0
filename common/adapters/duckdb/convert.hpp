#pragma once

#include "common/adapters/duckdb/connection.hpp"
#include "common/ports/table_reader.hpp"

#include <stop_token>
#include <string>

namespace trainyard::duckdb {

// Writes a CSV (or Parquet) file as Parquet. Streams: memory does not grow with the file. A column
// becomes a number or a time only when all of its cells are, and stays text otherwise, so nothing
// is lost and a bad cell is still there to be told of. The output appears complete or not at all.
// Errors as ports::TableReader::read for files broken as a whole.
Result<ports::Converted> convert_to_parquet(Connection& connection, const std::string& input,
                                            const std::string& output, std::stop_token stop = {});

}  // namespace trainyard::duckdb

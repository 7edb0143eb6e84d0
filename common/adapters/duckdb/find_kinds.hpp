#pragma once

#include "common/adapters/duckdb/table_file.hpp"

#include <stop_token>

namespace trainyard::duckdb {

// Fills in `sample` of every column and, for text columns, the `kind` that all of the first rows'
// values agree with. A guess: later rows may disagree.
Result<void> find_kinds(Connection& connection, TableFile& file, std::stop_token stop);

}  // namespace trainyard::duckdb

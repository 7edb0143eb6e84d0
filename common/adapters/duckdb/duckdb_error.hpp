#pragma once

#include "common/base/error.hpp"

#include <duckdb.h>

#include <string_view>

namespace trainyard::duckdb {

// The only place that knows DuckDB's failures.
Error translate(duckdb_error_type type, std::string_view message);

}  // namespace trainyard::duckdb

#pragma once

#include "common/base/error.hpp"

#include <duckdb.h>

#include <string>
#include <vector>

namespace trainyard::duckdb {

// DuckDB's C interface, loaded when first needed: only processes that read data pay for its memory.
// The library stays loaded until the process ends. Copies share it; thread-safe.
struct Library {
  decltype(&duckdb_create_config) create_config;
  decltype(&duckdb_set_config) set_config;
  decltype(&duckdb_destroy_config) destroy_config;
  decltype(&duckdb_open_ext) open_ext;
  decltype(&duckdb_close) close;
  decltype(&duckdb_connect) connect;
  decltype(&duckdb_disconnect) disconnect;
  decltype(&duckdb_interrupt) interrupt;
  decltype(&duckdb_prepare) prepare;
  decltype(&duckdb_prepare_error) prepare_error;
  decltype(&duckdb_destroy_prepare) destroy_prepare;
  decltype(&duckdb_execute_prepared_streaming) execute_streaming;
  decltype(&duckdb_destroy_result) destroy_result;
  decltype(&duckdb_result_error) result_error;
  decltype(&duckdb_result_error_type) result_error_type;
  decltype(&duckdb_fetch_chunk) fetch_chunk;
  decltype(&duckdb_destroy_data_chunk) destroy_data_chunk;
  decltype(&duckdb_data_chunk_get_size) chunk_size;
  decltype(&duckdb_data_chunk_get_vector) chunk_vector;
  decltype(&duckdb_vector_get_data) vector_data;
  decltype(&duckdb_vector_get_validity) vector_validity;
  decltype(&duckdb_free) free;
};

// Errc::unavailable, category config, when it is in none of them.
Result<Library> load_library(const std::vector<std::string>& directories);

}  // namespace trainyard::duckdb

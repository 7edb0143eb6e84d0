#include "common/adapters/duckdb/duckdb_error.hpp"

namespace trainyard::duckdb {
namespace {

// DuckDB adds its own advice and settings below the first line.
std::string first_line(std::string_view message) {
  return std::string(message.substr(0, message.find('\n')));
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace

Error translate(duckdb_error_type type, std::string_view message) {
  if (type == DUCKDB_ERROR_INTERRUPT || message.starts_with("INTERRUPT")) {
    return {.code = Errc::cancelled, .detail = "reading was stopped"};
  }
  if (type == DUCKDB_ERROR_OUT_OF_MEMORY || contains(message, "Out of Memory")) {
    return {.code = Errc::exhausted,
            .detail = "the file needs more memory than a worker may use",
            .hint = "split it, or convert it to Parquet",
            .category = Category::data};
  }
  if (contains(message, "No files found")) {
    return {.code = Errc::not_found, .detail = "no such file", .category = Category::data};
  }
  if (contains(message, "No magic bytes") || contains(message, "too small to be a Parquet")) {
    return {.code = Errc::invalid_argument,
            .detail = "this is not a whole Parquet file: it ends without a footer",
            .hint = "it may have been cut off; write or upload it again",
            .category = Category::data};
  }
  if (contains(message, "state machine reached an invalid state")) {
    return {.code = Errc::invalid_argument,
            .detail = "the line endings or quotes are not consistent",
            .hint = "use one kind of line ending in the whole file",
            .category = Category::data};
  }
  if (contains(message, "Maximum line size")) {
    return {.code = Errc::invalid_argument,
            .detail = "a line is longer than 2 MB",
            .hint = "a quote may be missing",
            .category = Category::data};
  }
  return {
      .code = Errc::invalid_argument, .detail = first_line(message), .category = Category::data};
}

}  // namespace trainyard::duckdb

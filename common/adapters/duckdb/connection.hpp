#pragma once

#include "common/adapters/duckdb/connection_options.hpp"
#include "common/adapters/duckdb/library.hpp"
#include "common/base/error.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace trainyard::duckdb {

// Up to 2,048 rows of an answer, valid during the call that passes it. The caller knows the types:
// it wrote the query.
class Chunk {
 public:
  Chunk(const Library& library, duckdb_data_chunk chunk, std::size_t columns);

  std::size_t rows() const { return rows_; }
  bool is_null(std::size_t column, std::size_t row) const;
  std::string_view text(std::size_t column, std::size_t row) const;  // VARCHAR
  std::int64_t integer(std::size_t column, std::size_t row) const;   // BIGINT
  double number(std::size_t column, std::size_t row) const;          // DOUBLE

 private:
  std::size_t rows_;
  std::vector<const void*> data_;
  std::vector<const std::uint64_t*> validity_;
};

// An in-memory DuckDB with one connection. Errors of the library become Error here and nowhere
// else. One thread at a time; `stop` may be requested from any.
class Connection {
 public:
  static Result<std::unique_ptr<Connection>> open(const ConnectionOptions& options);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // `columns` of the answer are handed over chunk by chunk, so memory stays bounded.
  Result<void> stream(const std::string& sql, std::size_t columns,
                      const std::function<void(const Chunk&)>& take, std::stop_token stop = {});
  Result<void> run(const std::string& sql, std::stop_token stop = {});
  // Every cell must be VARCHAR. For small answers.
  using Row = std::vector<std::optional<std::string>>;
  Result<std::vector<Row>> rows(const std::string& sql, std::size_t columns,
                                std::stop_token stop = {});

 private:
  explicit Connection(const Library& library) : library_(library) {}

  Library library_;
  duckdb_database database_ = nullptr;
  duckdb_connection connection_ = nullptr;
};

}  // namespace trainyard::duckdb

#include "common/adapters/duckdb/connection.hpp"

#include "common/adapters/duckdb/duckdb_error.hpp"

#include <fmt/format.h>

namespace trainyard::duckdb {
namespace {

// Destroys DuckDB's handles, which every way out of stream() must.
class Statement {
 public:
  explicit Statement(const Library& library) : library_(library) {}
  ~Statement() {
    if (executed) library_.destroy_result(&result);
    library_.destroy_prepare(&prepared);
  }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  std::unexpected<Error> failure() {
    const char* text = library_.result_error(&result);
    return fail(translate(library_.result_error_type(&result), text != nullptr ? text : ""));
  }

  duckdb_prepared_statement prepared = nullptr;
  duckdb_result result{};
  bool executed = false;

 private:
  const Library& library_;
};

}  // namespace

Chunk::Chunk(const Library& library, duckdb_data_chunk chunk, std::size_t columns)
    : rows_(library.chunk_size(chunk)) {
  for (std::size_t i = 0; i < columns; ++i) {
    const auto vector = library.chunk_vector(chunk, i);
    data_.push_back(library.vector_data(vector));
    validity_.push_back(library.vector_validity(vector));
  }
}

bool Chunk::is_null(std::size_t column, std::size_t row) const {
  const auto* mask = validity_[column];
  return mask != nullptr && ((mask[row / 64] >> (row % 64)) & 1U) == 0;
}

std::string_view Chunk::text(std::size_t column, std::size_t row) const {
  const auto& value = static_cast<const duckdb_string_t*>(data_[column])[row].value;
  const auto length = value.inlined.length;
  return {length <= sizeof value.inlined.inlined ? value.inlined.inlined : value.pointer.ptr,
          length};
}

std::int64_t Chunk::integer(std::size_t column, std::size_t row) const {
  return static_cast<const std::int64_t*>(data_[column])[row];
}

double Chunk::number(std::size_t column, std::size_t row) const {
  return static_cast<const double*>(data_[column])[row];
}

Result<std::unique_ptr<Connection>> Connection::open(const ConnectionOptions& options) {
  TRY(const auto library, load_library(options.library_directories));
  std::unique_ptr<Connection> connection(new Connection(library));
  duckdb_config config = nullptr;
  library.create_config(&config);
  // Nothing is fetched, spilled to an unexpected place, or read outside of what a query names.
  const std::pair<const char*, std::string> settings[] = {
      {"threads", std::to_string(options.threads)},
      {"memory_limit", fmt::format("{}MB", options.memory_limit_mb)},
      {"temp_directory", ""},
      {"autoinstall_known_extensions", "false"},
      {"autoload_known_extensions", "false"},
      {"allow_community_extensions", "false"},
  };
  for (const auto& [name, value] : settings)
    library.set_config(config, name, value.c_str());
  char* reason = nullptr;
  const auto opened = library.open_ext(nullptr, &connection->database_, config, &reason);
  library.destroy_config(&config);
  if (opened != DuckDBSuccess) {
    auto error = fail(Errc::unavailable,
                      fmt::format("DuckDB does not start: {}", reason != nullptr ? reason : "?"));
    library.free(reason);
    return error;
  }
  if (library.connect(connection->database_, &connection->connection_) != DuckDBSuccess) {
    return fail(Errc::unavailable, "DuckDB does not take a connection");
  }
  return connection;
}

Connection::~Connection() {
  if (connection_ != nullptr) library_.disconnect(&connection_);
  if (database_ != nullptr) library_.close(&database_);
}

Result<void> Connection::stream(const std::string& sql, std::size_t columns,
                                const std::function<void(const Chunk&)>& take,
                                std::stop_token stop) {
  if (stop.stop_requested()) return fail(Errc::cancelled, "reading was stopped");
  Statement statement(library_);
  if (library_.prepare(connection_, sql.c_str(), &statement.prepared) != DuckDBSuccess) {
    return fail(translate(DUCKDB_ERROR_INVALID, library_.prepare_error(statement.prepared)));
  }
  const std::stop_callback interrupt(stop, [this] { library_.interrupt(connection_); });
  const auto state = library_.execute_streaming(statement.prepared, &statement.result);
  statement.executed = true;
  if (state != DuckDBSuccess) return statement.failure();
  while (duckdb_data_chunk data = library_.fetch_chunk(statement.result)) {
    const Chunk chunk(library_, data, columns);
    if (!stop.stop_requested()) take(chunk);
    library_.destroy_data_chunk(&data);
    if (stop.stop_requested()) return fail(Errc::cancelled, "reading was stopped");
  }
  const char* text = library_.result_error(&statement.result);
  if (text != nullptr && *text != '\0') return statement.failure();
  return {};
}

Result<void> Connection::run(const std::string& sql, std::stop_token stop) {
  return stream(sql, 0, [](const Chunk&) {}, std::move(stop));
}

Result<std::vector<Connection::Row>> Connection::rows(const std::string& sql, std::size_t columns,
                                                      std::stop_token stop) {
  std::vector<Row> rows;
  const auto take = [&](const Chunk& chunk) {
    for (std::size_t r = 0; r < chunk.rows(); ++r) {
      auto& row = rows.emplace_back(columns);
      for (std::size_t c = 0; c < columns; ++c) {
        if (!chunk.is_null(c, r)) row[c] = std::string(chunk.text(c, r));
      }
    }
  };
  TRY_DO(stream(sql, columns, take, std::move(stop)));
  return rows;
}

}  // namespace trainyard::duckdb

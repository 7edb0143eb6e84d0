#include "common/adapters/sqlite/connection.hpp"

#include "common/base/invariant.hpp"

#include <fmt/format.h>

#include <cstring>

namespace trainyard::sqlite {
namespace {

[[noreturn]] void raise(sqlite3* handle, int code, bool committing = false) {
  throw SqliteFailure(
      code,
      fmt::format("SQLite: {} ({})", handle ? sqlite3_errmsg(handle) : sqlite3_errstr(code),
                  sqlite3_errstr(code)),
      committing);
}

}  // namespace

Query::~Query() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

Query& Query::bind(std::int64_t number) {
  check(sqlite3_bind_int64(statement_, ++parameter_, number));
  return *this;
}

Query& Query::bind(double number) {
  check(sqlite3_bind_double(statement_, ++parameter_, number));
  return *this;
}

// Bound text and ids outlive the query in every caller: nothing is copied.
Query& Query::bind(std::string_view text) {
  check(sqlite3_bind_text(statement_, ++parameter_, text.data() ? text.data() : "",
                          static_cast<int>(text.size()), SQLITE_STATIC));
  return *this;
}

Query& Query::bind(const Uuid& id) {
  check(sqlite3_bind_blob(statement_, ++parameter_, id.bytes().data(),
                          static_cast<int>(id.bytes().size()), SQLITE_TRANSIENT));
  return *this;
}

Query& Query::bind(TimePoint time) {
  return bind(static_cast<std::int64_t>(time.time_since_epoch().count()));
}

Query& Query::bind_null() {
  check(sqlite3_bind_null(statement_, ++parameter_));
  return *this;
}

bool Query::step() {
  column_ = 0;
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  raise(sqlite3_db_handle(statement_), code);
}

void Query::run() {
  invariant(!step(), "a statement that only writes answers no rows");
}

std::int64_t Query::integer() {
  return sqlite3_column_int64(statement_, column_++);
}

double Query::real() {
  return sqlite3_column_double(statement_, column_++);
}

std::string_view Query::text() {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column_));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column_++));
  return data ? std::string_view(data, size) : std::string_view();
}

Uuid Query::uuid() {
  Uuid::Bytes bytes{};
  const void* data = sqlite3_column_blob(statement_, column_);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column_++));
  if (size != bytes.size()) throw SqliteFailure(SQLITE_CORRUPT, "SQLite: an id is not 16 bytes");
  std::memcpy(bytes.data(), data, size);
  return Uuid(bytes);
}

TimePoint Query::time() {
  return TimePoint(std::chrono::microseconds(integer()));
}

std::optional<TimePoint> Query::optional_time() {
  if (is_null()) return std::nullopt;
  return time();
}

std::optional<std::int64_t> Query::optional_integer() {
  if (is_null()) return std::nullopt;
  return integer();
}

bool Query::is_null() {
  if (sqlite3_column_type(statement_, column_) != SQLITE_NULL) return false;
  ++column_;
  return true;
}

bool Query::next_is_null() const {
  return sqlite3_column_type(statement_, column_) == SQLITE_NULL;
}

void Query::unknown_name(std::string_view column) {
  throw SqliteFailure(SQLITE_CORRUPT,
                      fmt::format("SQLite: column {} holds an unknown name", column));
}

void Query::check(int code) {
  if (code != SQLITE_OK) raise(sqlite3_db_handle(statement_), code);
}

Connection::Connection(const std::string& path, Access access, std::chrono::milliseconds busy)
    : handle_(nullptr, &sqlite3_close_v2) {
  const int flags = SQLITE_OPEN_NOMUTEX |
                    (access == Access::read_only ? SQLITE_OPEN_READONLY
                                                 : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &raw, flags, nullptr);
  handle_.reset(raw);
  if (code != SQLITE_OK) raise(raw, code);
  sqlite3_extended_result_codes(raw, 1);
  sqlite3_busy_timeout(raw, static_cast<int>(busy.count()));
  if (access == Access::read_only) return;
  // A checkpoint every 16 MB of log instead of every 4: the commit that meets one waits for it.
  run_script(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;"
      "PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -16384;"
      "PRAGMA temp_store = MEMORY;");
}

void Connection::run_script(const std::string& sql) {
  const int code = sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) raise(handle_.get(), code);
}

Query Connection::query(std::string_view sql) {
  if (const auto known = statements_.find(sql); known != statements_.end()) {
    return Query(known->second.get());
  }
  sqlite3_stmt* raw = nullptr;
  const int code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
  if (code != SQLITE_OK) raise(handle_.get(), code);
  statements_.emplace(std::string(sql), Statement(raw, &sqlite3_finalize));
  return Query(raw);
}

Transaction::Transaction(Connection& connection) : connection_(connection) {
  connection_.query("BEGIN IMMEDIATE").run();
}

Transaction::~Transaction() {
  if (!open_) return;
  try {
    connection_.query("ROLLBACK").run();
  } catch (const SqliteFailure&) {
    // SQLite has rolled back by itself: that is what failed.
  }
}

void Transaction::commit() {
  try {
    connection_.query("COMMIT").run();
    open_ = false;
  } catch (const SqliteFailure& failure) {
    throw SqliteFailure(failure.code(), failure.what(), /*committing=*/true);
  }
}

}  // namespace trainyard::sqlite

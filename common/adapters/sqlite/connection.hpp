#pragma once

#include "common/base/time.hpp"
#include "common/base/uuid.hpp"

#include <sqlite3.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>

namespace trainyard::sqlite {

// SQLite said no. Thrown inside this adapter only; sqlite_error.hpp turns it into a value.
class SqliteFailure : public std::runtime_error {
 public:
  SqliteFailure(int code, std::string what, bool committing = false)
      : std::runtime_error(std::move(what)), code_(code), committing_(committing) {}
  int code() const { return code_; }
  bool committing() const { return committing_; }  // it happened inside COMMIT

 private:
  int code_;
  bool committing_;
};

// A prepared statement on loan from its connection: bind every parameter in order, step through
// the rows, read every column in order. Resets itself when it goes.
class Query {
 public:
  explicit Query(sqlite3_stmt* statement) : statement_(statement) {}
  ~Query();
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  Query& bind(std::int64_t number);
  Query& bind(int number) { return bind(static_cast<std::int64_t>(number)); }
  Query& bind(double number);
  Query& bind(std::string_view text);
  Query& bind(const char* text) { return bind(std::string_view(text)); }
  Query& bind(const std::string& text) { return bind(std::string_view(text)); }
  Query& bind(const Uuid& id);
  Query& bind(TimePoint time);
  template <class Tag>
  Query& bind(const Id<Tag>& id) {
    return bind(id.value());
  }
  template <class T>
  Query& bind(const std::optional<T>& value) {
    return value ? bind(*value) : bind_null();
  }
  Query& bind_null();

  bool step();  // true: there is a row
  void run();   // for statements without rows

  std::int64_t integer();
  double real();
  int number() { return static_cast<int>(integer()); }
  std::string_view text();  // valid until the next step
  Uuid uuid();
  TimePoint time();
  std::optional<TimePoint> optional_time();
  std::optional<std::int64_t> optional_integer();
  template <class Id>
  std::optional<Id> optional_id() {
    if (is_null()) return std::nullopt;
    return Id(uuid());
  }
  bool boolean() { return integer() != 0; }
  bool is_null();  // the next column; skips it when so
  bool next_is_null() const;
  void skip(int columns) { column_ += columns; }
  [[noreturn]] static void unknown_name(std::string_view column);

 private:
  void check(int code);

  sqlite3_stmt* statement_;
  int parameter_ = 0;
  int column_ = 0;
};

// One connection and its prepared statements. Not thread-safe.
class Connection {
 public:
  enum class Access { read_write, read_only };

  Connection(const std::string& path, Access access, std::chrono::milliseconds busy);

  void run_script(const std::string& sql);
  Query query(std::string_view sql);
  int changes() const { return sqlite3_changes(handle_.get()); }

 private:
  using Handle = std::unique_ptr<sqlite3, decltype(&sqlite3_close_v2)>;
  using Statement = std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)>;
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };

  Handle handle_;
  std::unordered_map<std::string, Statement, TextHash, std::equal_to<>> statements_;
};

// A write transaction: takes the file's write lock at once, so nothing that is read inside can
// change before the commit. Rolls back unless committed.
class Transaction {
 public:
  explicit Transaction(Connection& connection);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Connection& connection_;
  bool open_ = true;
};

// Commits of this scope are not synced. The next synced commit carries them to disk.
class Unsynced {
 public:
  explicit Unsynced(Connection& connection) : connection_(connection) {
    connection_.run_script("PRAGMA synchronous = NORMAL");
  }
  ~Unsynced() { connection_.run_script("PRAGMA synchronous = FULL"); }
  Unsynced(const Unsynced&) = delete;
  Unsynced& operator=(const Unsynced&) = delete;

 private:
  Connection& connection_;
};

}  // namespace trainyard::sqlite

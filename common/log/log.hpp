#pragma once

#include "common/base/error.hpp"

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

// Structured logging: the message is a constant, what varies is a field. A Log is a value that
// carries context; pass it on with more of it. JSON lines on standard error, written by one
// background thread behind a bounded queue (the oldest lines go when it is full).

namespace trainyard::log {

struct Field {
  std::string name;
  std::string value;
  bool quoted = true;

  Field(std::string_view key, std::string_view text) : name(key), value(text) {}
  Field(std::string_view key, const char* text) : name(key), value(text) {}
  Field(std::string_view key, const std::string& text) : name(key), value(text) {}
  template <class Number>
    requires std::is_arithmetic_v<Number>
  Field(std::string_view key, Number number)
      : name(key), value(std::to_string(number)), quoted(false) {}
  Field(std::string_view key, const Error& error) : name(key), value(describe(error)) {}
};

using Fields = std::vector<Field>;

enum class Level { debug, info, warn, error };  // error: a person must act

class Log {
 public:
  Log() = default;  // drops everything
  Log with(Fields fields) const;

  void debug(std::string_view message, const Fields& fields = {}) const;
  void info(std::string_view message, const Fields& fields = {}) const;
  void warn(std::string_view message, const Fields& fields = {}) const;
  void error(std::string_view message, const Fields& fields = {}) const;

  class Sink;
  explicit Log(std::shared_ptr<Sink> sink) : sink_(std::move(sink)) {}

 private:
  void write(Level level, std::string_view message, const Fields& fields) const;

  std::shared_ptr<Sink> sink_;
  Fields context_;
};

// One per process; `level` and everything above it is written.
Log make_log(Level level);

}  // namespace trainyard::log

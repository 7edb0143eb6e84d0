#pragma once

#include "common/base/time.hpp"

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace trainyard::wire {

// Appends JSON to a string: answers and events are written much more often than they are read, and
// parts of them (config, metrics, results) are stored as JSON text that raw() passes on untouched.
// Commas come by themselves. Text that is not UTF-8 is written with U+FFFD in place of each bad
// byte. The caller balances begin and end.
class JsonWriter {
 public:
  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& key(std::string_view name);

  JsonWriter& value(std::string_view text);
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(const std::string& text) { return value(std::string_view(text)); }
  JsonWriter& value(bool truth);
  JsonWriter& value(double number);  // null when not finite
  template <std::integral Number>
    requires(!std::same_as<Number, bool>)
  JsonWriter& value(Number number) {
    return raw(std::to_string(number));
  }
  JsonWriter& value(TimePoint time) { return value(to_iso8601(time)); }
  template <class T>
  JsonWriter& value(const std::optional<T>& maybe) {
    return maybe ? value(*maybe) : null();
  }
  JsonWriter& null() { return raw("null"); }
  JsonWriter& raw(std::string_view json);  // one value, already JSON

  template <class T>
  JsonWriter& field(std::string_view name, const T& content) {
    return key(name).value(content);
  }
  // Absent = null: the empty string.
  JsonWriter& text_or_null(std::string_view name, std::string_view text);
  JsonWriter& raw_or_null(std::string_view name, std::string_view json);

  const std::string& text() const { return text_; }
  std::string take() { return std::move(text_); }

 private:
  void separate();

  std::string text_;
};

}  // namespace trainyard::wire

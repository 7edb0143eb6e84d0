#pragma once

#include "common/base/time.hpp"
#include "common/base/uuid.hpp"

#include <pqxx/pqxx>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace trainyard::postgres {

// Reads the columns of one row in order.
class Columns {
 public:
  explicit Columns(const pqxx::row& row) : row_(row) {}

  std::string_view text();
  std::int64_t integer();
  double real();
  int number() { return static_cast<int>(integer()); }
  TimePoint time();
  Uuid uuid();
  std::optional<std::int64_t> optional_integer();
  std::optional<TimePoint> optional_time();
  template <class Id>
  std::optional<Id> optional_id() {
    if (is_null()) return std::nullopt;
    return Id(uuid());
  }
  bool boolean();
  bool is_null();  // the next column; skips it when so
  bool next_is_null() const { return row_[next_].is_null(); }
  [[noreturn]] static void unknown_name(std::string_view column);
  void skip(int columns) { next_ += columns; }

 private:
  pqxx::row row_;
  int next_ = 0;
};

}  // namespace trainyard::postgres

#pragma once

#include "common/base/time.hpp"
#include "common/base/uuid.hpp"

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace trainyard::postgres {

// One column of a set, written as a PostgreSQL array literal: {"a",NULL,"b"}. Sets travel to the
// server as a few of these, whatever their size.
class TextArray {
 public:
  TextArray& add(std::string_view text);
  TextArray& add(const char* text) { return add(std::string_view(text)); }
  TextArray& add(const std::string& text) { return add(std::string_view(text)); }
  TextArray& add(const Uuid& id);
  TextArray& add(TimePoint time);
  TextArray& add(std::integral auto number) { return add_plain(std::to_string(number)); }
  template <class Tag>
  TextArray& add(const Id<Tag>& id) {
    return add(id.value());
  }
  template <class T>
  TextArray& add(const std::optional<T>& value) {
    return value ? add(*value) : add_null();
  }
  TextArray& add_null() { return add_plain("NULL"); }

  std::string take() &&;

 private:
  TextArray& add_plain(std::string_view text);

  std::string literal_ = "{";
};

}  // namespace trainyard::postgres

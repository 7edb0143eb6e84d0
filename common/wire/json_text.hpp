#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace trainyard::wire {

// Builds the text of one flat JSON object, member by member. Events are made by the ten thousand
// per second, and this costs a quarter of building a tree first. Bytes that are no valid UTF-8 are
// replaced. Not thread-safe.
class JsonText {
 public:
  JsonText() : text_("{") { text_.reserve(512); }

  JsonText& text(std::string_view key, std::string_view value);
  JsonText& text_or_null(std::string_view key, std::string_view value);  // null when empty
  JsonText& number(std::string_view key, std::int64_t value);
  JsonText& null(std::string_view key);
  JsonText& object(std::string_view key, std::string_view json);  // as it is

  std::string take() { return std::move(text_) + '}'; }

 private:
  void key(std::string_view key);

  std::string text_;
};

}  // namespace trainyard::wire

#include "common/adapters/postgres/text_array.hpp"

#include <utility>

namespace trainyard::postgres {

TextArray& TextArray::add(std::string_view text) {
  if (literal_.size() > 1) literal_ += ',';
  literal_ += '"';
  for (const char character : text) {
    if (character == '"' || character == '\\') literal_ += '\\';
    literal_ += character;
  }
  literal_ += '"';
  return *this;
}

TextArray& TextArray::add(const Uuid& id) {
  return add_plain(id.to_string());
}

TextArray& TextArray::add(TimePoint time) {
  return add_plain(to_iso8601(time));
}

TextArray& TextArray::add_plain(std::string_view text) {
  if (literal_.size() > 1) literal_ += ',';
  literal_ += text;
  return *this;
}

std::string TextArray::take() && {
  literal_ += '}';
  return std::move(literal_);
}

}  // namespace trainyard::postgres

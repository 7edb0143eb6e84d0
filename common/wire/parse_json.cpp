#include "common/wire/parse_json.hpp"

#include <fmt/format.h>

namespace trainyard::wire {
namespace {

constexpr int depth_max = 64;

struct Place {
  std::size_t line = 1;
  std::size_t column = 1;
};

Place place_of(std::string_view text, std::size_t offset) {
  Place place;
  for (const char c : text.substr(0, std::min(offset, text.size()))) {
    if (c == '\n') {
      ++place.line;
      place.column = 1;
    } else {
      ++place.column;
    }
  }
  return place;
}

std::unexpected<Error> not_json(std::string_view text, std::size_t offset, std::string_view why) {
  const auto [line, column] = place_of(text, offset);
  return fail(Error{
      .code = Errc::corrupt_data,
      .detail = fmt::format("the body is not JSON: line {}, column {}: {}", line, column, why),
      .row = static_cast<std::int64_t>(line),
      .hint = "send one JSON object in UTF-8"});
}

// The offset where nesting passes the limit; quotes and escapes are followed, the rest is not.
std::optional<std::size_t> too_deep(std::string_view text) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      if (++depth > depth_max) return i;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return std::nullopt;
}

// "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error while …; last
// read: 'x'" without the library's own prefix.
std::string reason_of(const nlohmann::json::exception& error) {
  const std::string_view text = error.what();
  const auto at = text.find(": ");
  return std::string(at == std::string_view::npos ? text : text.substr(at + 2));
}

}  // namespace

Result<nlohmann::json> parse_json(std::string_view text) {
  if (text.empty()) return not_json(text, 0, "it is empty");
  if (const auto offset = too_deep(text)) return not_json(text, *offset, "nested too deeply");
  try {
    return nlohmann::json::parse(text);
  } catch (const nlohmann::json::parse_error& error) {
    return not_json(text, error.byte > 0 ? error.byte - 1 : 0, reason_of(error));
  } catch (const nlohmann::json::exception& error) {
    return not_json(text, 0, reason_of(error));
  }
}

Result<nlohmann::json> parse_object(std::string_view body) {
  TRY(auto tree, parse_json(body));
  if (!tree.is_object()) return wrong("", "the body must be a JSON object");
  return tree;
}

std::unexpected<Error> wrong(std::string field, std::string detail, std::string hint) {
  return fail(Error{.code = Errc::invalid_argument,
                    .detail = std::move(detail),
                    .field = std::move(field),
                    .hint = std::move(hint)});
}

}  // namespace trainyard::wire

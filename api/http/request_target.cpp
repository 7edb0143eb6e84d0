#include "api/http/request_target.hpp"

#include <algorithm>
#include <charconv>

namespace trainyard::http {
namespace {

enum class Plus { literal, space };

Result<std::string> decode(std::string_view text, Plus plus) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      unsigned value = 0;
      const char* begin = text.data() + i + 1;
      const bool whole = i + 2 < text.size();
      if (!whole || std::from_chars(begin, begin + 2, value, 16).ptr != begin + 2) {
        return fail(Errc::invalid_argument, "the target has a broken percent escape");
      }
      c = static_cast<char>(value);
      i += 2;
    } else if (c == '+' && plus == Plus::space) {
      c = ' ';
    }
    if (c == '\0') return fail(Errc::invalid_argument, "the target has a NUL byte");
    out += c;
  }
  return out;
}

}  // namespace

Result<Target> parse_target(std::string_view target) {
  if (!target.starts_with('/')) {
    return fail(Errc::invalid_argument, "the target must be a path, like /api/v2/jobs");
  }
  target = target.substr(0, target.find('#'));
  const auto mark = target.find('?');
  Target parsed;
  TRY(parsed.path, decode(target.substr(0, mark), Plus::literal));
  if (mark == std::string_view::npos) return parsed;
  for (auto rest = target.substr(mark + 1); !rest.empty();) {
    const auto end = rest.find('&');
    const auto pair = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    TRY(auto key, decode(pair.substr(0, equals), Plus::space));
    TRY(auto value,
        decode(equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1),
               Plus::space));
    parsed.query.emplace_back(std::move(key), std::move(value));
  }
  return parsed;
}

bool is_sane_id(std::string_view id) {
  return !id.empty() && id.size() <= 128 && std::ranges::all_of(id, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == ':' || c == '-';
  });
}

}  // namespace trainyard::http

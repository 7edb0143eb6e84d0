#include "common/adapters/duckdb/sql.hpp"

#include <fmt/format.h>

namespace trainyard::duckdb {
namespace {

std::string quote(std::string_view text, char mark) {
  std::string out(1, mark);
  for (const char c : text) {
    if (c == mark) out += mark;
    out += c;
  }
  return out += mark;
}

}  // namespace

std::string quote_name(std::string_view name) {
  return quote(name, '"');
}
std::string quote_text(std::string_view text) {
  return quote(text, '\'');
}

std::string quote_path(std::string_view path) {
  std::string escaped;
  for (const char c : path) {
    if (c == '*' || c == '?' || c == '[') {
      escaped += {'[', c, ']'};
    } else {
      escaped += c;
    }
  }
  return quote_text(escaped);
}

std::string time_of(const std::string& text) {
  // Bare digits are years or compact dates of exactly that many digits, never other numbers.
  return fmt::format(
      "CASE WHEN regexp_full_match(trim({0}), '\\d+') THEN CASE length(trim({0})) "
      "WHEN 4 THEN try_strptime(trim({0}), '%Y') WHEN 8 THEN try_strptime(trim({0}), '%Y%m%d') END "
      "ELSE COALESCE(TRY_CAST(trim({0}) AS TIMESTAMP), try_strptime(trim({0}), '%Y-%m')) END",
      text);
}

std::string number_of(const std::string& text, DecimalMark mark) {
  if (mark == DecimalMark::point) return fmt::format("TRY_CAST({} AS DOUBLE)", text);
  return fmt::format("TRY_CAST(replace({}, ',', '.') AS DOUBLE)", text);
}

std::string is_missing(const std::string& text) {
  return fmt::format(
      "({0} IS NULL OR lower(trim({0})) IN ('', 'na', 'n/a', '#n/a', 'nan', 'null', 'none', '.'))",
      text);
}

}  // namespace trainyard::duckdb

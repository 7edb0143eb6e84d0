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

// Weeks of ISO 8601 by their Monday. A year of 52 weeks has no week 53.
std::string week_of(const std::string& text) {
  const auto day = fmt::format("try_strptime(rpad(replace({}, '-', ''), 8, '1'), '%GW%V%u')", text);
  return fmt::format(
      "CASE WHEN regexp_full_match({0}, '\\d{{4}}-?W\\d\\d(-?[1-7])?') AND strftime({1}, '%G') = "
      "left({0}, 4) THEN {1} END",
      text, day);
}

// By their first day.
std::string quarter_of(const std::string& text) {
  return fmt::format(
      "CASE WHEN regexp_full_match({0}, '\\d{{4}}-?Q[1-4]') THEN make_timestamp(CAST(left({0}, 4) "
      "AS BIGINT), 3 * CAST(right({0}, 1) AS BIGINT) - 2, 1, 0, 0, 0) END",
      text);
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
  const auto cell = fmt::format("trim({})", text);
  return fmt::format(
      "CASE WHEN regexp_full_match({0}, '\\d+') THEN CASE length({0}) "
      "WHEN 4 THEN try_strptime({0}, '%Y') WHEN 8 THEN try_strptime({0}, '%Y%m%d') END "
      "ELSE COALESCE(TRY_CAST({0} AS TIMESTAMP), try_strptime({0}, '%Y-%m'), {1}, {2}) END",
      cell, week_of(cell), quarter_of(cell));
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

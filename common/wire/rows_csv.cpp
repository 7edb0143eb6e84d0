#include "common/wire/rows_csv.hpp"

#include "common/wire/parse_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <vector>

namespace trainyard::wire {
namespace {

using nlohmann::json;

void append_cell(std::string& out, std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

std::unexpected<Error> bad_row(std::size_t index, std::string field, std::string detail) {
  return fail(Error{.code = Errc::invalid_argument,
                    .detail = std::move(detail),
                    .field = std::move(field),
                    .row = static_cast<std::int64_t>(index) + 1,
                    .hint = "each row is an object of numbers and texts",
                    .category = Category::data});
}

Result<std::vector<std::string>> columns_of(const json& rows) {
  std::vector<std::string> columns;
  std::unordered_map<std::string, std::size_t> known;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!rows[i].is_object()) return bad_row(i, "data", "this row is not an object");
    for (const auto& [key, value] : rows[i].items()) {
      if (value.is_structured()) return bad_row(i, key, "a list or an object is no value");
      if (known.try_emplace(key, columns.size()).second) columns.push_back(key);
    }
  }
  return columns;
}

}  // namespace

Result<std::string> rows_to_csv(std::string_view text) {
  TRY(const auto rows, parse_json(text));
  if (!rows.is_array()) return bad_row(0, "data", "data is not a list");
  TRY(const auto columns, columns_of(rows));
  std::string out;
  for (const auto& column : columns) {
    if (&column != &columns.front()) out += ',';
    append_cell(out, column);
  }
  out += '\n';
  for (const auto& row : rows) {
    for (const auto& column : columns) {
      if (&column != &columns.front()) out += ',';
      const auto cell = row.find(column);
      if (cell == row.end() || cell->is_null()) continue;
      append_cell(out, cell->is_string() ? cell->get_ref<const std::string&>() : cell->dump());
    }
    out += '\n';
  }
  return out;
}

}  // namespace trainyard::wire

#pragma once

#include <string>
#include <string_view>

namespace trainyard::duckdb {

std::string quote_name(std::string_view name);  // "a ""b"" c"
std::string quote_text(std::string_view text);  // 'it''s'
// A path as a table function takes it, with its wildcards switched off.
std::string quote_path(std::string_view path);

enum class DecimalMark { point, comma };

// Expressions over a VARCHAR expression: what it says, or NULL. Dates are ISO 8601 (also 2020-01,
// 2020, 20200131 and the week 2020-W53) or quarters (2020-Q4); 01/02/2020 is refused, for nobody
// can know which month that is. Words such as NA and an empty cell are missing values, which is not
// the same as unreadable ones.
std::string time_of(const std::string& text);
std::string number_of(const std::string& text, DecimalMark mark);
std::string is_missing(const std::string& text);

}  // namespace trainyard::duckdb

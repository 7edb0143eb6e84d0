#include "common/domain/table_path.hpp"

#include <charconv>

namespace trainyard::domain {

std::string TablePath::text() const {
  return version ? table + "@v" + std::to_string(*version) : table;
}

TablePath parse_table_path(std::string_view path) {
  const auto mark = path.rfind("@v");
  if (mark != path.npos && mark > 0) {
    const auto digits = path.substr(mark + 2);
    const auto* const end = digits.data() + digits.size();
    std::int64_t version = 0;
    const auto [stop, error] = std::from_chars(digits.data(), end, version);
    if (error == std::errc{} && stop == end && version >= 0 && !digits.starts_with('-')) {
      return {.table = std::string(path.substr(0, mark)), .version = version};
    }
  }
  return {.table = std::string(path)};
}

}  // namespace trainyard::domain

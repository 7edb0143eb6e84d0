#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace trainyard::domain {

// A versioned table, and which of its versions: "/data/sales@v12", as Delta Lake writes it.
struct TablePath {
  std::string table;
  std::optional<std::int64_t> version = std::nullopt;  // none: the newest

  std::string text() const;
};

// Any path is one; without @v and digits at its end it names no version.
TablePath parse_table_path(std::string_view path);

}  // namespace trainyard::domain

#pragma once

#include "common/adapters/sqlite/connection.hpp"

#include <fmt/format.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trainyard::sqlite {

// The WHERE of a filter, and what to bind to it: the values must outlive it.
struct Where {
  std::string sql = "WHERE true";
  std::vector<std::function<void(Query&)>> binders;

  template <class T>
  void add(const std::optional<T>& value, std::string_view condition) {
    if (!value) return;
    sql += fmt::format(" AND {}", condition);
    binders.push_back([&value](Query& query) { query.bind(*value); });
  }
  void bind(Query& query) const {
    for (const auto& binder : binders)
      binder(query);
  }
};

}  // namespace trainyard::sqlite

#pragma once

#include "common/adapters/postgres/connection_pool.hpp"

#include <fmt/format.h>

#include <optional>
#include <string>

namespace trainyard::postgres {

// The WHERE of a filter and its parameters.
struct Where {
  std::string sql = "WHERE true";
  Parameters parameters;

  // `condition` has a {} where the parameter's number goes.
  void add(const std::optional<std::string>& value, const char* condition) {
    if (!value) return;
    parameters.push_back(*value);
    sql += " AND " + fmt::format(fmt::runtime(condition), parameters.size());
  }
};

}  // namespace trainyard::postgres

#pragma once

#include "common/base/error.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace trainyard::domain {

// One field of a cron expression: what it is called, its bounds, and names for its values.
struct CronField {
  std::string_view name;
  int low;
  int high;
  std::span<const std::string_view> names = {};  // of low, low + 1, …
};

// The values that `text` lists, unsorted. Errors: invalid_argument that quotes the part.
Result<std::vector<int>> parse_cron_field(const CronField& field, std::string_view text);

}  // namespace trainyard::domain

#pragma once

#include "common/domain/table.hpp"

#include <string>

namespace trainyard::forecast {

// Which column holds what. In a request, an empty name means "find out".
struct ColumnRoles {
  std::string time;
  std::string target;
  std::string segment;  // in an answer: empty when the table is one series
};

// Finds the columns that were not named, by these rules, in this order:
//  1. the name says it (ds, date, month, …; y, value, sales, …; unique_id, segment, id, …), upper
//     and lower case alike; earlier names of the lists win;
//  2. else it is the only one left whose content fits: times, numbers, or text for the segment.
// No segment is fine, no time or target is not: invalid_argument with the columns and the key to
// set. Names that were given are checked to exist.
Result<ColumnRoles> choose_columns(const domain::TableInfo& table, const ColumnRoles& asked);

}  // namespace trainyard::forecast

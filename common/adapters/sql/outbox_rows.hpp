#pragma once

#include "common/adapters/sql/rows.hpp"
#include "common/ports/job_store.hpp"

#include <vector>

// Reads the outbox: a row of the answer for each transition that an outbox row tells of, one for an
// outbox row that tells of none.

namespace trainyard::sql {

// To follow "SELECT " and be followed by a FROM that yields outbox rows as o.
inline const std::string outbox_columns = "o.id, o.dispatch_no, h.version IS NOT NULL, " +
                                          event_job_columns + ", " + history_columns + ", " +
                                          batch_columns;
inline constexpr int event_job_column_count = 14;
inline constexpr int history_column_count = 11;

// Joins to follow that FROM, and the order that add_outbox_row() relies on.
inline const std::string outbox_joins =
    " LEFT JOIN jobs j ON j.job_id = o.job_id "
    "LEFT JOIN job_history h ON h.job_id = o.job_id "
    "AND h.version BETWEEN o.first_version AND o.last_version "
    "LEFT JOIN batches b ON b.batch_id = o.batch_id ORDER BY o.id, h.version";

template <class Row>
void add_outbox_row(Row& row, std::vector<ports::OutboxEntry>& entries) {
  const auto id = row.integer();
  const auto dispatch_no = row.optional_integer();
  const bool has_line = row.boolean();
  if (!entries.empty() && entries.back().id == id) {
    row.skip(event_job_column_count);
    entries.back().history.push_back(read_history(row));
    return;
  }
  ports::OutboxEntry entry{.id = id, .dispatch_no = dispatch_no};
  if (row.next_is_null()) {
    row.skip(event_job_column_count);
  } else {
    entry.job = read_event_job(row);
  }
  if (has_line) {
    entry.history.push_back(read_history(row));
  } else {
    row.skip(history_column_count);
  }
  if (!row.next_is_null()) entry.batch = read_batch(row);
  entries.push_back(std::move(entry));
}

// A job that was deleted a moment ago took its row along.
inline void drop_deleted(std::vector<ports::OutboxEntry>& entries) {
  std::erase_if(entries, [](const auto& entry) { return !entry.job && !entry.batch; });
}

}  // namespace trainyard::sql

#include "common/adapters/postgres/pg_columns.hpp"
#include "common/adapters/postgres/pg_job_store.hpp"
#include "common/adapters/postgres/text_array.hpp"
#include "common/adapters/sql/outbox_gaps.hpp"
#include "common/adapters/sql/outbox_rows.hpp"

namespace trainyard::postgres {
namespace {

// Each range between what is in flight is looked up on its own, so rows in flight cost nothing.
const Statement read_outbox{
    "read_outbox",
    "SELECT " + sql::outbox_columns +
        " FROM (SELECT o.* FROM unnest($1::bigint[], $2::bigint[]) AS gap(first, last) "
        "CROSS JOIN LATERAL (SELECT * FROM outbox WHERE id BETWEEN gap.first AND gap.last "
        "ORDER BY id LIMIT $3::int) o ORDER BY o.id LIMIT $3::int) o" +
        sql::outbox_joins,
    Effect::reads};
// Not synced: a row that comes back is told again, which is harmless.
const Statement delete_outbox{"delete_outbox",
                              "WITH done AS (DELETE FROM outbox WHERE id = ANY($1::bigint[])) "
                              "SELECT set_config('synchronous_commit', 'off', true)",
                              Effect::writes};

}  // namespace

Result<std::vector<ports::OutboxEntry>> PgJobStore::outbox(
    int limit, std::span<const ports::OutboxRange> skip) {
  return guarded([&]() -> Result<std::vector<ports::OutboxEntry>> {
    TextArray first, last;
    for (const auto& gap : sql::gaps_between(skip)) {
      first.add(gap.first);
      last.add(gap.last);
    }
    const auto rows =
        run(read_outbox, {std::move(first).take(), std::move(last).take(), std::to_string(limit)});

    std::vector<ports::OutboxEntry> entries;
    for (const auto& row : rows) {
      Columns columns(row);
      sql::add_outbox_row(columns, entries);
    }
    sql::drop_deleted(entries);
    return entries;
  });
}

Result<void> PgJobStore::outbox_done(std::span<const std::int64_t> ids) {
  if (ids.empty()) return {};
  return guarded([&]() -> Result<void> {
    TextArray done;
    for (const auto id : ids)
      done.add(id);
    run(delete_outbox, {std::move(done).take()});
    return {};
  });
}

Result<void> PgJobStore::await_outbox(milliseconds timeout) {
  return listener_.await(timeout);
}

void PgJobStore::wake() {
  listener_.wake();
}

}  // namespace trainyard::postgres

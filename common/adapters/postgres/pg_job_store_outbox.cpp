#include "common/adapters/postgres/pg_job_store.hpp"
#include "common/adapters/postgres/rows.hpp"
#include "common/adapters/postgres/text_array.hpp"
#include "common/adapters/sql/outbox_gaps.hpp"

namespace trainyard::postgres {
namespace {

// Each range between what is in flight is looked up on its own, so rows in flight cost nothing.
const Statement read_outbox{
    "read_outbox",
    "WITH picked AS (SELECT o.* FROM unnest($1::bigint[], $2::bigint[]) AS gap(first, last) "
    "CROSS JOIN LATERAL (SELECT * FROM outbox WHERE id BETWEEN gap.first AND gap.last "
    "ORDER BY id LIMIT $3::int) o ORDER BY o.id LIMIT $3::int) "
    "SELECT p.id, p.first_version, p.last_version, p.dispatch_no, " +
        slim_job_columns + ", " + batch_columns +
        " FROM picked p LEFT JOIN jobs j ON j.job_id = p.job_id "
        "LEFT JOIN batches b ON b.batch_id = p.batch_id ORDER BY p.id",
    Effect::reads};
const Statement read_outbox_history{
    "read_outbox_history",
    "SELECT w.entry, " + history_columns +
        " FROM unnest($1::uuid[], $2::bigint[], $3::bigint[]) "
        "WITH ORDINALITY AS w(job_id, first, last, entry) "
        "JOIN job_history h ON h.job_id = w.job_id AND h.version BETWEEN w.first AND w.last "
        "ORDER BY w.entry, h.version",
    Effect::reads};
const Statement delete_outbox{"delete_outbox", "DELETE FROM outbox WHERE id = ANY($1::bigint[])",
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
    entries.reserve(rows.size());
    std::vector<std::size_t> with_history;
    TextArray ids, from_version, to_version;
    for (const auto& row : rows) {
      Columns columns(row);
      ports::OutboxEntry entry{.id = columns.integer()};
      const auto first_version = columns.optional_integer();
      const auto last_version = columns.optional_integer();
      entry.dispatch_no = columns.optional_integer();
      if (Columns job = columns; !job.is_null()) entry.job = read_job(job);
      columns.skip(job_column_count);
      if (!Columns(columns).is_null()) entry.batch = read_batch(columns);
      // A job that was deleted a moment ago took its row along.
      if (!entry.job && !entry.batch) continue;
      if (entry.job && first_version) {
        ids.add(entry.job->id);
        from_version.add(first_version);
        to_version.add(last_version);
        with_history.push_back(entries.size());
      }
      entries.push_back(std::move(entry));
    }
    if (with_history.empty()) return entries;
    for (const auto& row :
         run(read_outbox_history, {std::move(ids).take(), std::move(from_version).take(),
                                   std::move(to_version).take()})) {
      Columns columns(row);
      const auto entry = with_history[static_cast<std::size_t>(columns.integer() - 1)];
      entries[entry].history.push_back(read_history(columns));
    }
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

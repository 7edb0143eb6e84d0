#include "common/adapters/sqlite/change_writer.hpp"

#include "common/adapters/sqlite/rows.hpp"

namespace trainyard::sqlite {

void ChangeWriter::write_new(const domain::JobChange& change) {
  insert_job(connection_, change.job);
  write_lines(change);
  if (change.job.batch_id) {
    auto& delta = batches_[*change.job.batch_id];
    ++delta.total;
    ++delta.open;
  }
}

void ChangeWriter::write(const domain::Job& before, const domain::JobChange& change) {
  update_job(connection_, change.job);
  if (!has_same_spec(before, change.job)) {
    update_spec(connection_, change.job.id, spec_of(change.job));
  }
  write_lines(change);
  if (change.job.batch_id) {
    const int closed_before = is_terminal(before.status) ? 1 : 0;
    const int closed_after = is_terminal(change.job.status) ? 1 : 0;
    batches_[*change.job.batch_id].open += closed_before - closed_after;
  }
}

void ChangeWriter::forget(const domain::Job& job) {
  if (!job.batch_id) return;
  auto& delta = batches_[*job.batch_id];
  --delta.total;
  if (!is_terminal(job.status)) --delta.open;
}

void ChangeWriter::write_lines(const domain::JobChange& change) {
  for (const auto& line : change.history)
    insert_history(connection_, line);
  if (change.results) {
    connection_.query("INSERT OR REPLACE INTO job_results (job_id, results) VALUES (?, ?)")
        .bind(change.job.id)
        .bind(*change.results)
        .run();
  }
  if (change.history.empty() && !change.announce) return;
  auto row = connection_.query(
      "INSERT INTO outbox (job_id, first_version, last_version, dispatch_no) VALUES (?, ?, ?, ?)");
  row.bind(change.job.id);
  if (change.history.empty()) {
    row.bind_null().bind_null();
  } else {
    row.bind(change.history.front().version).bind(change.history.back().version);
  }
  change.announce ? row.bind(change.job.dispatch_no) : row.bind_null();
  row.run();
  ++outbox_rows_;
}

void ChangeWriter::write_batches() {
  for (const auto& [id, delta] : batches_) {
    if (delta.total != 0 || delta.open != 0) write_batch(id, delta);
    if (drops_empty_) {
      connection_.query("DELETE FROM batches WHERE batch_id = ? AND total_jobs = 0").bind(id).run();
    }
  }
}

void ChangeWriter::write_batch(BatchId id, const Delta& delta) {
  bool ended = false;
  {
    auto update = connection_.query(
        "UPDATE batches SET total_jobs = total_jobs + ?1, open_jobs = open_jobs + ?2, "
        "completed_at = CASE WHEN open_jobs + ?2 > 0 THEN NULL WHEN open_jobs > 0 THEN ?3 "
        "ELSE completed_at END WHERE batch_id = ?4 RETURNING open_jobs");
    update.bind(delta.total).bind(delta.open).bind(now_).bind(id);
    ended = update.step() && update.integer() == 0 && delta.open < 0;
  }
  if (!ended) return;
  connection_.query("INSERT INTO outbox (batch_id) VALUES (?)").bind(id).run();
  ++outbox_rows_;
}

}  // namespace trainyard::sqlite

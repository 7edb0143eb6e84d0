#include "common/adapters/postgres/accept_rows.hpp"

#include "common/adapters/postgres/text_array.hpp"

#include <map>

namespace trainyard::postgres {

const Statement accept_jobs{"accept_jobs", R"sql(
WITH added AS (
  INSERT INTO jobs (created_at, updated_at, job_id, batch_id, user_id, config, cluster_config,
                    segment_id, model, correlation_id, priority, status, current_step,
                    submitted_at, version, dispatch_no, admitted_at, next_attempt_at, rank, run_at,
                    lease_ms, timeout_ms, queue, limit_key,
                    unique_key)
  SELECT $1::timestamptz, $1::timestamptz, i.*
  FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
              $9::text[], $10::int[], $11::text[], $12::text[], $13::timestamptz[],
              $14::bigint[], $15::bigint[], $16::timestamptz[], $17::timestamptz[],
              $18::timestamptz[], $19::timestamptz[], $20::bigint[], $21::bigint[], $22::text[],
              $23::text[], $24::text[]) AS i
), lines AS (
  INSERT INTO job_history (at, job_id, version, event, from_status, to_status)
  SELECT $1::timestamptz, h.*
  FROM unnest($25::uuid[], $26::bigint[], $27::text[], $28::text[], $29::text[]) AS h
), told AS (
  INSERT INTO outbox (job_id, first_version, last_version, dispatch_no)
  SELECT o.* FROM unnest($30::uuid[], $31::bigint[], $32::bigint[], $33::bigint[]) AS o
), counted AS (
  UPDATE batches b SET total_jobs = b.total_jobs + c.jobs, open_jobs = b.open_jobs + c.jobs,
                       completed_at = NULL
  FROM unnest($34::uuid[], $35::int[]) AS c(batch_id, jobs)
  WHERE b.batch_id = c.batch_id
)
SELECT now(), pg_notify('trainyard_outbox', ''))sql",
                            Effect::writes};

Parameters accept_parameters(std::span<const domain::JobChange> changes, TimePoint now,
                             Counting counting) {
  TextArray id, batch, user, config, cluster, segment, model, correlation, priority, status, step,
      submitted, version, dispatch, admitted, due, rank, run_at, lease, timeout, queue, key, unique;
  TextArray line_id, line_version, line_event, line_from, line_to;
  TextArray told_id, told_first, told_last, told_dispatch;
  std::map<BatchId, int> jobs_of_batch;
  for (const auto& change : changes) {
    const auto& job = change.job;
    id.add(job.id);
    batch.add(job.batch_id);
    user.add(job.user_id);
    config.add(job.config);
    cluster.add(job.cluster_config);
    segment.add(job.segment_id);
    model.add(job.model);
    correlation.add(job.correlation_id);
    priority.add(job.priority);
    status.add(to_string(job.status));
    step.add(job.current_step);
    submitted.add(job.submitted_at);
    version.add(job.version);
    dispatch.add(job.dispatch_no);
    admitted.add(job.admitted_at);
    due.add(job.next_attempt_at);
    rank.add(job.rank);
    run_at.add(job.options.run_at);
    lease.add(job.options.lease.count());
    timeout.add(job.options.timeout.count());
    queue.add(job.options.queue);
    key.add(job.options.key);
    unique.add(job.unique_key);
    for (const auto& line : change.history) {
      line_id.add(line.job_id);
      line_version.add(line.version);
      line_event.add(to_string(line.event));
      line.from ? line_from.add(to_string(*line.from)) : line_from.add_null();
      line_to.add(to_string(line.to));
    }
    told_id.add(job.id);
    told_first.add(change.history.front().version);
    told_last.add(change.history.back().version);
    change.announce ? told_dispatch.add(job.dispatch_no) : told_dispatch.add_null();
    if (job.batch_id && counting == Counting::add_to_batches) ++jobs_of_batch[*job.batch_id];
  }
  TextArray counted_batch, counted_jobs;
  for (const auto& [batch_id, jobs] : jobs_of_batch) {
    counted_batch.add(batch_id);
    counted_jobs.add(jobs);
  }
  Parameters parameters{to_iso8601(now)};
  for (auto* column :
       {&id,           &batch,         &user,          &config,      &cluster, &segment,
        &model,        &correlation,   &priority,      &status,      &step,    &submitted,
        &version,      &dispatch,      &admitted,      &due,         &rank,    &run_at,
        &lease,        &timeout,       &queue,         &key,         &unique,  &line_id,
        &line_version, &line_event,    &line_from,     &line_to,     &told_id, &told_first,
        &told_last,    &told_dispatch, &counted_batch, &counted_jobs}) {
    parameters.push_back(std::move(*column).take());
  }
  return parameters;
}

}  // namespace trainyard::postgres

#include "common/adapters/postgres/pg_columns.hpp"
#include "common/adapters/postgres/pg_job_store.hpp"
#include "common/adapters/postgres/text_array.hpp"
#include "common/adapters/sql/rows.hpp"
#include "common/adapters/sql/storable_text.hpp"
#include "common/base/invariant.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_map>

namespace trainyard::postgres {
namespace {

const Statement read_for_change{
    "read_for_change",
    "SELECT now(), " + sql::job_columns + " FROM jobs j WHERE j.job_id = ANY($1::uuid[])",
    Effect::reads};

// What a decision left alone arrives as NULL and keeps what is there, which may be newer than what
// was decided on: progress and renewals do not raise the version. A rescue alone depends on the
// renewals, so it brings the count it saw.
const Statement write_changes{"write_changes", R"sql(
WITH changed AS (
  UPDATE jobs j SET
    updated_at = $1::timestamptz, run_id = i.run_id, status = i.status,
    progress = coalesce(i.progress, j.progress),
    current_step = coalesce(i.current_step, j.current_step),
    metrics = coalesce(i.metrics, j.metrics),
    submitted_at = i.submitted_at, started_at = i.started_at, completed_at = i.completed_at,
    mlflow_run_id = i.mlflow_run_id, artifact_uri = i.artifact_uri, error = i.error,
    error_category = i.error_category, attempt = i.attempt, retry_count = i.retry_count,
    interruptions = i.interruptions, version = i.version, dispatch_no = i.dispatch_no,
    fence = i.fence, admitted_at = i.admitted_at, next_attempt_at = i.next_attempt_at,
    rank = i.rank,
    lease_worker = CASE WHEN i.lease_changed THEN i.lease_worker ELSE j.lease_worker END,
    lease_token = CASE WHEN i.lease_changed THEN i.lease_token ELSE j.lease_token END,
    lease_until = CASE WHEN i.lease_changed THEN i.lease_until ELSE j.lease_until END,
    lease_renewals = CASE WHEN i.lease_changed THEN i.lease_renewals ELSE j.lease_renewals END
  FROM unnest($2::uuid[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::int[],
              $8::text[], $9::text[], $10::timestamptz[], $11::timestamptz[], $12::timestamptz[],
              $13::text[], $14::text[], $15::text[], $16::text[], $17::int[], $18::int[],
              $19::int[], $20::bigint[], $21::bigint[], $22::bigint[], $23::timestamptz[],
              $24::timestamptz[], $25::bool[], $26::text[], $27::uuid[], $28::timestamptz[],
              $29::bigint[], $30::text[], $31::bigint[], $32::int[], $33::text[], $34::text[],
              $35::text[], $36::text[], $37::text[], $38::timestamptz[])
    AS i(job_id, seen_version, seen_renewals, run_id, status, progress, current_step, metrics,
         submitted_at, started_at, completed_at, mlflow_run_id, artifact_uri, error,
         error_category, attempt, retry_count, interruptions, version, dispatch_no, fence,
         admitted_at, next_attempt_at, lease_changed, lease_worker, lease_token, lease_until,
         lease_renewals, results, announced, open_delta, event, from_status, worker_id, detail,
         category, rank)
  WHERE j.job_id = i.job_id AND j.version = i.seen_version
    AND (i.seen_renewals IS NULL OR j.lease_renewals = i.seen_renewals)
  RETURNING i.*, j.batch_id
), lines AS (
  INSERT INTO job_history (job_id, version, at, fence, attempt, event, from_status, to_status,
                           worker_id, detail, category)
  SELECT job_id, version, $1::timestamptz, fence, attempt, event, from_status, status, worker_id,
         detail, category
  FROM changed WHERE event IS NOT NULL
), stored AS (
  INSERT INTO job_results (job_id, results)
  SELECT job_id, results FROM changed WHERE results IS NOT NULL
  ON CONFLICT (job_id) DO UPDATE SET results = excluded.results
), told AS (
  INSERT INTO outbox (job_id, first_version, last_version, dispatch_no)
  SELECT job_id, CASE WHEN event IS NOT NULL THEN version END,
         CASE WHEN event IS NOT NULL THEN version END, announced
  FROM changed WHERE event IS NOT NULL OR announced IS NOT NULL
), counted AS (
  UPDATE batches b SET
    open_jobs = b.open_jobs + d.delta,
    completed_at = CASE WHEN b.open_jobs + d.delta = 0 THEN $1::timestamptz END
  FROM (SELECT batch_id, sum(open_delta)::int AS delta FROM changed
        WHERE batch_id IS NOT NULL AND open_delta <> 0
        GROUP BY batch_id HAVING sum(open_delta) <> 0 ORDER BY batch_id) d
  WHERE b.batch_id = d.batch_id
  RETURNING b.batch_id, b.open_jobs
), ended AS (
  INSERT INTO outbox (batch_id) SELECT batch_id FROM counted WHERE open_jobs = 0
)
SELECT job_id, (SELECT pg_notify('trainyard_outbox', '')) FROM changed)sql",
                              Effect::writes};

// What a redrive edited, before write_changes in one transaction: it takes effect under the same
// condition.
const Statement write_specs{
    "write_specs",
    "UPDATE jobs j SET config = i.config, cluster_config = i.cluster_config, "
    "segment_id = i.segment_id, model = i.model, priority = i.priority "
    "FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], "
    "$7::int[]) AS i(job_id, seen_version, config, cluster_config, segment_id, model, priority) "
    "WHERE j.job_id = i.job_id AND j.version = i.seen_version",
    Effect::writes};

struct Decided {
  domain::Job before;
  domain::JobChange change;
  std::optional<std::int64_t> seen_renewals;
};

bool lease_changed(const domain::Job& before, const domain::Job& after) {
  if (!before.lease || !after.lease) return before.lease.has_value() != after.lease.has_value();
  return before.lease->token != after.lease->token;
}

TextArray& add_category(TextArray& column, const std::optional<Category>& category) {
  return category ? column.add(to_string(*category)) : column.add_null();
}

template <class T>
TextArray& add_if_changed(TextArray& column, const T& before, const T& after) {
  return before == after ? column.add_null() : column.add(after);
}

// The parameters of write_changes.
Parameters change_parameters(std::span<const Decided> set, TimePoint now) {
  TextArray id, seen_version, seen_renewals, run, status, progress, step, metrics, submitted,
      started, completed, mlflow, artifact, error, category, attempt, retries, interruptions,
      version, dispatch, fence, admitted, next_attempt;
  TextArray leased, worker, token, until, renewals, results, announced, open_delta;
  TextArray event, from, line_worker, detail, line_category, rank;
  for (const auto& [before, change, renewals_seen] : set) {
    const auto& job = change.job;
    id.add(job.id);
    seen_version.add(before.version);
    seen_renewals.add(renewals_seen);
    run.add(job.run_id);
    status.add(to_string(job.status));
    add_if_changed(progress, before.progress, job.progress);
    add_if_changed(step, before.current_step, job.current_step);
    add_if_changed(metrics, before.metrics, job.metrics);
    submitted.add(job.submitted_at);
    started.add(job.started_at);
    completed.add(job.completed_at);
    mlflow.add(job.mlflow_run_id);
    artifact.add(job.artifact_uri);
    error.add(job.error);
    add_category(category, job.error_category);
    attempt.add(job.attempt);
    retries.add(job.retry_count);
    interruptions.add(job.interruptions);
    version.add(job.version);
    dispatch.add(job.dispatch_no);
    fence.add(job.fence);
    admitted.add(job.admitted_at);
    next_attempt.add(job.next_attempt_at);
    rank.add(job.rank);
    leased.add(lease_changed(before, job) ? "true" : "false");
    const auto& lease = job.lease;
    worker.add(lease ? std::optional(lease->worker_id) : std::nullopt);
    token.add(lease ? std::optional(lease->token) : std::nullopt);
    until.add(lease ? std::optional(lease->until) : std::nullopt);
    renewals.add(lease ? std::optional(lease->renewals) : std::nullopt);
    results.add(change.results);
    announced.add(change.announce ? std::optional(job.dispatch_no) : std::nullopt);
    open_delta.add((is_terminal(before.status) ? 1 : 0) - (is_terminal(job.status) ? 1 : 0));
    invariant(change.history.size() <= 1, "one command to an existing job is one transition");
    const domain::HistoryEntry* line = change.history.empty() ? nullptr : &change.history.front();
    event.add(line ? std::optional(std::string(to_string(line->event))) : std::nullopt);
    line && line->from ? from.add(to_string(*line->from)) : from.add_null();
    line_worker.add(line ? std::string_view(line->worker_id) : "");
    detail.add(line ? std::string_view(line->detail) : "");
    add_category(line_category, line ? line->category : std::nullopt);
  }
  Parameters parameters{to_iso8601(now)};
  for (auto* column :
       {&id,         &seen_version, &seen_renewals, &run,         &status,       &progress,
        &step,       &metrics,      &submitted,     &started,     &completed,    &mlflow,
        &artifact,   &error,        &category,      &attempt,     &retries,      &interruptions,
        &version,    &dispatch,     &fence,         &admitted,    &next_attempt, &leased,
        &worker,     &token,        &until,         &renewals,    &results,      &announced,
        &open_delta, &event,        &from,          &line_worker, &detail,       &line_category,
        &rank}) {
    parameters.push_back(std::move(*column).take());
  }
  return parameters;
}

// The parameters of write_specs; none when nothing was edited.
std::optional<Parameters> spec_parameters(std::span<const Decided> set) {
  TextArray id, seen_version, config, cluster, segment, model, priority;
  bool has_edits = false;
  for (const auto& [before, change, renewals_seen] : set) {
    const auto& job = change.job;
    if (has_same_spec(before, job)) continue;
    has_edits = true;
    id.add(job.id);
    seen_version.add(before.version);
    config.add(job.config);
    cluster.add(job.cluster_config);
    segment.add(job.segment_id);
    model.add(job.model);
    priority.add(job.priority);
  }
  if (!has_edits) return std::nullopt;
  Parameters parameters;
  for (auto* column : {&id, &seen_version, &config, &cluster, &segment, &model, &priority})
    parameters.push_back(std::move(*column).take());
  return parameters;
}

pqxx::result write_all(ConnectionPool& pool, std::span<const Decided> set, TimePoint now) {
  Session session(pool);
  const auto edits = spec_parameters(set);
  if (!edits) return session.run(write_changes, change_parameters(set, now));
  pqxx::result changed;
  session.transact([&](const Session::Execute& execute) {
    execute(write_specs, *edits);
    changed = execute(write_changes, change_parameters(set, now));
  });
  return changed;
}

}  // namespace

ports::Applied PgJobStore::apply(std::span<const domain::JobCommand> commands) {
  ports::Applied answers(commands.size());
  std::vector<std::size_t> order(commands.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    order[i] = i;
  // By id: the order in which the rows get locked.
  std::ranges::sort(order, {}, [&](std::size_t i) { return domain::job_of(commands[i]); });
  for (int attempt = 1; !order.empty(); ++attempt) {
    try {
      order = apply_some(commands, order, answers);
      if (attempt < tries_max) continue;
      for (const auto i : order) {
        answers[i] = fail(Errc::conflict, "the job keeps changing underneath: try again");
      }
      break;
    } catch (const PgFailure& failure) {
      if (failure.kind == PgFailure::Kind::collision && attempt < tries_max) continue;
      for (const auto i : order)
        answers[i] = std::unexpected(failure.error);
      break;
    }
  }
  return answers;
}

// Reads, decides and writes once; which of `order` moved in between and are to be tried again.
std::vector<std::size_t> PgJobStore::apply_some(std::span<const domain::JobCommand> commands,
                                                std::span<const std::size_t> order,
                                                ports::Applied& answers) {
  TextArray ids;
  for (const auto i : order)
    ids.add(domain::job_of(commands[i]));
  const auto rows = run(read_for_change, {std::move(ids).take()});
  TimePoint now{};
  std::unordered_map<JobId, domain::Job> jobs;
  for (const auto& row : rows) {
    Columns columns(row);
    now = columns.time();
    auto job = sql::read_job(columns);
    jobs.emplace(job.id, std::move(job));
  }

  std::vector<Decided> set;
  std::vector<std::size_t> written;
  for (const auto i : order) {
    const auto id = domain::job_of(commands[i]);
    const auto found = jobs.find(id);
    if (found == jobs.end()) {
      answers[i] = fail(Errc::not_found, fmt::format("there is no job {}", id.to_string()));
      continue;
    }
    answers[i] = domain::decide(found->second, commands[i], now);
    if (!answers[i] || answers[i]->unchanged) continue;
    sql::make_storable(*answers[i]);
    const auto* rescue = std::get_if<domain::Rescue>(&commands[i]);
    set.push_back({.before = std::move(found->second),
                   .change = *answers[i],
                   .seen_renewals = rescue ? std::optional(rescue->renewals) : std::nullopt});
    written.push_back(i);
  }
  if (set.empty()) return {};

  const auto changed = write_all(database_->pool(), set, now);
  if (changed.size() == set.size()) return {};
  std::set<JobId> done;
  for (const auto& row : changed)
    done.insert(JobId(Columns(row).uuid()));
  std::erase_if(written, [&](std::size_t i) { return done.contains(domain::job_of(commands[i])); });
  return written;
}

}  // namespace trainyard::postgres

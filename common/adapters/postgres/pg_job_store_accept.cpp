#include "common/adapters/postgres/pg_columns.hpp"
#include "common/adapters/postgres/pg_job_store.hpp"
#include "common/adapters/postgres/text_array.hpp"
#include "common/adapters/sql/storable_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_map>

namespace trainyard::postgres {
namespace {

// The server's time, and which of these jobs it has already.
const Statement look_before_accept{"look_before_accept",
                                   "SELECT now(), j.job_id FROM (VALUES (1)) AS one "
                                   "LEFT JOIN jobs j ON j.job_id = ANY($1::uuid[])",
                                   Effect::reads};
const Statement find_batches{
    "find_batches", "SELECT batch_id FROM batches WHERE batch_id = ANY($1::uuid[])", Effect::reads};
const Statement insert_batch{
    "insert_batch",
    "INSERT INTO batches (batch_id, user_id, config, correlation_id, created_at, total_jobs, "
    "open_jobs, origin, cause) VALUES ($1::uuid, $2, $3, $4, now(), $5::int, $5::int, $6, $7) "
    "ON CONFLICT DO NOTHING RETURNING now()",
    Effect::writes};
const Statement find_origin{
    "find_origin",
    // The second condition is the index's own: without it no plan uses the index.
    "SELECT batch_id FROM batches WHERE origin = $1 AND origin <> ''", Effect::reads};
const Statement accept_jobs{"accept_jobs", R"sql(
WITH added AS (
  INSERT INTO jobs (created_at, updated_at, job_id, batch_id, user_id, config, cluster_config,
                    segment_id, model, correlation_id, priority, status, current_step,
                    submitted_at, version, dispatch_no, admitted_at, next_attempt_at, rank, run_at,
                    lease_ms, timeout_ms, queue, limit_key)
  SELECT $1::timestamptz, $1::timestamptz, i.*
  FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
              $9::text[], $10::int[], $11::text[], $12::text[], $13::timestamptz[],
              $14::bigint[], $15::bigint[], $16::timestamptz[], $17::timestamptz[],
              $18::timestamptz[], $19::timestamptz[], $20::bigint[], $21::bigint[], $22::text[],
              $23::text[]) AS i
), lines AS (
  INSERT INTO job_history (at, job_id, version, event, from_status, to_status)
  SELECT $1::timestamptz, h.*
  FROM unnest($24::uuid[], $25::bigint[], $26::text[], $27::text[], $28::text[]) AS h
), told AS (
  INSERT INTO outbox (job_id, first_version, last_version, dispatch_no)
  SELECT o.* FROM unnest($29::uuid[], $30::bigint[], $31::bigint[], $32::bigint[]) AS o
), counted AS (
  UPDATE batches b SET total_jobs = b.total_jobs + c.jobs, open_jobs = b.open_jobs + c.jobs,
                       completed_at = NULL
  FROM unnest($33::uuid[], $34::int[]) AS c(batch_id, jobs)
  WHERE b.batch_id = c.batch_id
)
SELECT now(), pg_notify('trainyard_outbox', ''))sql",
                            Effect::writes};

enum class Counting { add_to_batches, counted_already };

// The parameters of accept_jobs.
Parameters accept_parameters(std::span<const domain::JobChange> changes, TimePoint now,
                             Counting counting) {
  TextArray id, batch, user, config, cluster, segment, model, correlation, priority, status, step,
      submitted, version, dispatch, admitted, due, rank, run_at, lease, timeout, queue, key;
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
       {&id,          &batch,     &user,          &config,        &cluster,     &segment, &model,
        &correlation, &priority,  &status,        &step,          &submitted,   &version, &dispatch,
        &admitted,    &due,       &rank,          &run_at,        &lease,       &timeout, &queue,
        &key,         &line_id,   &line_version,  &line_event,    &line_from,   &line_to, &told_id,
        &told_first,  &told_last, &told_dispatch, &counted_batch, &counted_jobs}) {
    parameters.push_back(std::move(*column).take());
  }
  return parameters;
}

template <class Ids>
std::string array_of(const Ids& ids) {
  TextArray array;
  for (const auto& id : ids)
    array.add(id);
  return std::move(array).take();
}

Error no_batch(BatchId id) {
  return {.code = Errc::not_found, .detail = fmt::format("there is no batch {}", id.to_string())};
}

}  // namespace

ports::Applied PgJobStore::accept(std::span<const domain::NewJob> jobs) {
  ports::Applied answers(jobs.size());
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (auto storable = sql::check_storable(jobs[i]); storable) {
      order.push_back(i);
    } else {
      answers[i] = std::unexpected(std::move(storable).error());
    }
  }
  // By id, so that sets with common ids wait for each other in one order.
  std::ranges::sort(order, {}, [&](std::size_t i) { return std::pair(jobs[i].id, i); });
  if (!order.empty()) accept_some(jobs, std::move(order), answers);
  return answers;
}

// What is in the store before a set is accepted.
struct PgJobStore::Known {
  TimePoint now;
  std::set<JobId> jobs;
  std::set<BatchId> batches;
};

PgJobStore::Known PgJobStore::look_before_accepting(std::span<const domain::NewJob> jobs,
                                                    std::span<const std::size_t> order) {
  TextArray ids;
  std::set<BatchId> batches;
  for (const auto i : order) {
    ids.add(jobs[i].id);
    if (jobs[i].batch_id) batches.insert(*jobs[i].batch_id);
  }
  const auto seen = run(look_before_accept, {std::move(ids).take()});
  Known known{.now = Columns(seen[0]).time()};
  clock_.saw(known.now);
  for (const auto& row : seen) {
    Columns columns(row);
    columns.skip(1);
    if (const auto id = columns.optional_id<JobId>()) known.jobs.insert(*id);
  }
  if (batches.empty()) return known;
  for (const auto& row : run(find_batches, {array_of(batches)}))
    known.batches.insert(BatchId(Columns(row).uuid()));
  return known;
}

// Ids are made by the caller and new but for a repetition, so a set of single jobs is inserted
// without a look, and looked at only when the server says that one of them exists.
std::optional<PgJobStore::Known> PgJobStore::nothing_known(std::span<const domain::NewJob> jobs,
                                                           std::span<const std::size_t> order) {
  const auto now = clock_.now();
  const auto has_batch = [&](std::size_t i) { return jobs[i].batch_id.has_value(); };
  if (!now || std::ranges::any_of(order, has_batch)) return std::nullopt;
  return Known{.now = *now};
}

// Inserts what is new of jobs[order…] and answers the rest with what is stored. A value the server
// does not take fails the statement, so the set is halved until the culprit stands alone.
void PgJobStore::accept_some(std::span<const domain::NewJob> jobs, std::vector<std::size_t> order,
                             ports::Applied& answers) {
  const auto answer_all = [&](const Error& error) {
    for (const auto i : order)
      answers[i] = std::unexpected(error);
  };
  for (int attempt = 1;; ++attempt) {
    try {
      std::optional<Known> known;
      if (attempt == 1) known = nothing_known(jobs, order);
      if (!known) known = look_before_accepting(jobs, order);
      insert_new(jobs, order, *std::move(known), answers);
      return;
    } catch (const PgFailure& failure) {
      using Kind = PgFailure::Kind;
      if (failure.kind == Kind::bad_data && order.size() > 1) {
        const auto middle = order.begin() + static_cast<std::ptrdiff_t>(order.size() / 2);
        accept_some(jobs, {order.begin(), middle}, answers);
        accept_some(jobs, {middle, order.end()}, answers);
        return;
      }
      // A duplicate: one of them exists, or somebody else accepted it since we looked.
      const bool again = failure.kind == Kind::duplicate || failure.kind == Kind::collision;
      if (!again || attempt == tries_max) return answer_all(failure.error);
    }
  }
}

void PgJobStore::insert_new(std::span<const domain::NewJob> jobs,
                            std::span<const std::size_t> order, Known known,
                            ports::Applied& answers) {
  std::vector<domain::JobChange> changes;
  std::vector<std::size_t> stored;
  for (const auto i : order) {
    const auto& job = jobs[i];
    if (!known.jobs.insert(job.id).second) {
      stored.push_back(i);
    } else if (job.batch_id && !known.batches.contains(*job.batch_id)) {
      answers[i] = std::unexpected(no_batch(*job.batch_id));
    } else {
      changes.push_back(domain::create(job, known.now));
      answers[i] = changes.back();
    }
  }
  if (!changes.empty()) {
    const auto told =
        Session(database_->pool())
            .run(accept_jobs, accept_parameters(changes, known.now, Counting::add_to_batches));
    clock_.saw(Columns(told[0]).time());
  }
  for (const auto i : stored) {
    auto job = get(jobs[i].id);
    if (!job) {
      answers[i] = std::unexpected(job.error());
    } else {
      answers[i] = domain::JobChange{.job = *std::move(job), .unchanged = true};
    }
  }
}

Result<domain::Batch> PgJobStore::accept_batch(const ports::NewBatch& batch,
                                               const ports::BatchJobs& jobs) {
  if (jobs.count == 0) return fail(Errc::invalid_argument, "a batch needs at least one job");
  try {
    Session session(database_->pool());
    session.transact([&](const Session::Execute& execute) {
      const auto inserted = execute(
          insert_batch, {batch.id.to_string(), batch.user_id, batch.config, batch.correlation_id,
                         std::to_string(jobs.count), batch.origin, batch.cause});
      if (inserted.empty()) return;  // accepted already, with all its jobs
      const auto now = Columns(inserted[0]).time();
      for (std::size_t accepted = 0; accepted < jobs.count;) {
        std::vector<domain::JobChange> changes;
        for (auto& job : jobs.from(accepted)) {
          if (auto checked = sql::check_storable(job); !checked) {
            throw PgFailure{PgFailure::Kind::bad_data, std::move(checked).error()};
          }
          job.batch_id = batch.id;
          changes.push_back(domain::create(job, now));
        }
        execute(accept_jobs, accept_parameters(changes, now, Counting::counted_already));
        accepted += changes.size();
      }
    });
  } catch (const PgFailure& failure) {
    if (failure.kind != PgFailure::Kind::duplicate) return std::unexpected(failure.error);
    return fail(Errc::conflict, "a job of the batch exists already");
  }
  if (batch.origin.empty()) return get_batch(batch.id);
  return guarded([&]() -> Result<domain::Batch> {
    const auto found = run(find_origin, {batch.origin});
    return get_batch(found.empty() ? batch.id : BatchId(Columns(found[0]).uuid()));
  });
}

}  // namespace trainyard::postgres

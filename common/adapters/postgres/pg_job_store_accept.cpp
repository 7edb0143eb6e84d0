#include "common/adapters/postgres/accept_rows.hpp"
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

// What is in the store before a set is accepted.
struct PgJobStore::Known {
  TimePoint now;
  std::set<JobId> jobs;
  std::set<BatchId> batches;
};

ports::Applied PgJobStore::accept(std::span<const domain::NewJob> jobs) {
  ports::Applied answers(jobs.size());
  std::vector<std::size_t> order;
  std::vector<std::size_t> unique;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (auto storable = sql::check_storable(jobs[i]); storable) {
      (jobs[i].unique ? unique : order).push_back(i);
    } else {
      answers[i] = std::unexpected(std::move(storable).error());
    }
  }
  // By id, so that sets with common ids wait for each other in one order.
  const auto by_id = [&](std::size_t i) { return std::pair(jobs[i].id, i); };
  std::ranges::sort(order, {}, by_id);
  std::ranges::sort(unique, {}, by_id);
  accept_some(std::move(order), answers, [&](std::span<const std::size_t> some, int attempt) {
    std::optional<Known> known;
    if (attempt == 1) known = nothing_known(jobs, some);
    if (!known) known = look_before_accepting(jobs, some);
    insert_new(jobs, some, *std::move(known), answers);
  });
  accept_some(std::move(unique), answers,
              [&](std::span<const std::size_t> some, int) { insert_unique(jobs, some, answers); });
  return answers;
}

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

// Runs `insert`, which inserts what is new of jobs[order…] and answers the rest with what is
// stored. A value the server does not take fails the statement, so the set is halved until the
// culprit stands alone.
void PgJobStore::accept_some(std::vector<std::size_t> order, ports::Applied& answers,
                             const Insert& insert) {
  if (order.empty()) return;
  const auto answer_all = [&](const Error& error) {
    for (const auto i : order)
      answers[i] = std::unexpected(error);
  };
  for (int attempt = 1;; ++attempt) {
    try {
      return insert(order, attempt);
    } catch (const PgFailure& failure) {
      using Kind = PgFailure::Kind;
      if (failure.kind == Kind::bad_data && order.size() > 1) {
        const auto middle = order.begin() + static_cast<std::ptrdiff_t>(order.size() / 2);
        accept_some({order.begin(), middle}, answers, insert);
        return accept_some({middle, order.end()}, answers, insert);
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
  for (const auto i : stored)
    answers[i] = as_stored(jobs[i].id);
}

Result<domain::JobChange> PgJobStore::as_stored(JobId id) {
  TRY(auto job, get(id));
  return domain::JobChange{.job = std::move(job), .unchanged = true};
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

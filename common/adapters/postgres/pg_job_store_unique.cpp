#include "common/adapters/postgres/accept_rows.hpp"
#include "common/adapters/postgres/pg_columns.hpp"
#include "common/adapters/postgres/pg_job_store.hpp"
#include "common/adapters/postgres/text_array.hpp"

#include <fmt/format.h>

#include <map>

namespace trainyard::postgres {
namespace {

// In one order, so that sets with common keys wait for each other. Two keys of one hash wait for
// each other, too, and no more than that.
const Statement lock_unique_keys{
    "lock_unique_keys",
    "SELECT pg_advisory_xact_lock(k.hash) FROM (SELECT DISTINCT hashtextextended(name, 7) AS hash "
    "FROM unnest($1::text[]) AS name ORDER BY hash) k",
    Effect::reads};
// The server's time, and for each of these jobs what it is answered with: itself when it is stored
// already, or the newest one that it is not to stand beside.
const Statement look_before_unique{"look_before_unique", R"sql(
SELECT now(), n.place, coalesce(own.job_id, other.job_id)
FROM unnest($1::int[], $2::uuid[], $3::text[], $4::text[], $5::bigint[], $6::text[])
  AS n(place, job_id, user_id, unique_key, within_seconds, states)
LEFT JOIN jobs own ON own.job_id = n.job_id
LEFT JOIN LATERAL (
  SELECT j.job_id FROM jobs j
  WHERE j.user_id = n.user_id AND j.unique_key = n.unique_key AND j.unique_key <> ''
    AND (n.within_seconds IS NULL
         OR j.created_at >= now() - n.within_seconds * interval '1 second')
    AND j.status = ANY(string_to_array(n.states, ','))
  ORDER BY j.job_id DESC LIMIT 1) other ON own.job_id IS NULL)sql",
                                   Effect::reads};

struct Look {
  TimePoint now;
  std::map<std::size_t, JobId> stored;  // place in the set -> what stands there instead
};

std::string names_of(const std::vector<domain::JobStatus>& states) {
  std::vector<std::string_view> names;
  for (const auto status : states)
    names.push_back(to_string(status));
  return fmt::format("{}", fmt::join(names, ","));
}

Parameters look_parameters(std::span<const domain::NewJob> jobs,
                           std::span<const std::size_t> order) {
  TextArray place, id, user, key, within, states;
  for (const auto i : order) {
    const auto& unique = *jobs[i].unique;
    place.add(i);
    id.add(jobs[i].id);
    user.add(jobs[i].user_id);
    key.add(unique.key);
    within.add(unique.within ? std::optional(unique.within->count()) : std::nullopt);
    states.add(names_of(unique.states));
  }
  return {std::move(place).take(), std::move(id).take(),     std::move(user).take(),
          std::move(key).take(),   std::move(within).take(), std::move(states).take()};
}

Look read_look(const pqxx::result& rows) {
  Look look;
  for (const auto& row : rows) {
    Columns columns(row);
    look.now = columns.time();
    const auto place = static_cast<std::size_t>(columns.integer());
    if (const auto id = columns.optional_id<JobId>()) look.stored.emplace(place, *id);
  }
  return look;
}

std::string lock_names(std::span<const domain::NewJob> jobs, std::span<const std::size_t> order) {
  TextArray names;
  for (const auto i : order)
    names.add(fmt::format("{}\n{}", jobs[i].user_id, jobs[i].unique->key));
  return std::move(names).take();
}

}  // namespace

// Behind the locks of its keys: what their last holders committed is seen by the next statement,
// and nobody else commits under one of them before this does.
void PgJobStore::insert_unique(std::span<const domain::NewJob> jobs,
                               std::span<const std::size_t> order, ports::Applied& answers) {
  std::vector<domain::JobChange> changes;
  std::map<std::size_t, JobId> stored;
  Session(database_->pool()).transact([&](const Session::Execute& execute) {
    execute(lock_unique_keys, {lock_names(jobs, order)});
    auto look = read_look(execute(look_before_unique, look_parameters(jobs, order)));
    stored = std::move(look.stored);
    for (const auto i : order) {
      if (stored.contains(i)) continue;
      const auto in_the_way = std::ranges::find_if(changes, [&](const auto& made) {
        const auto& job = made.job;
        return job.id == jobs[i].id ||
               (job.user_id == jobs[i].user_id && job.unique_key == jobs[i].unique->key &&
                jobs[i].unique->counts(job.status, job.created_at, look.now));
      });
      if (in_the_way != changes.end()) {
        stored.emplace(i, in_the_way->job.id);
        continue;
      }
      changes.push_back(domain::create(jobs[i], look.now));
      answers[i] = changes.back();
    }
    if (changes.empty()) return;
    execute(accept_jobs, accept_parameters(changes, look.now, Counting::add_to_batches));
  });
  for (const auto& [i, id] : stored)
    answers[i] = as_stored(id);
}

}  // namespace trainyard::postgres

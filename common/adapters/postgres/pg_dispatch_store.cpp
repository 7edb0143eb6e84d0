#include "common/adapters/postgres/pg_dispatch_store.hpp"

#include "common/adapters/postgres/pg_columns.hpp"
#include "common/adapters/postgres/text_array.hpp"
#include "common/adapters/sql/limit_rows.hpp"
#include "common/adapters/sql/storable_text.hpp"

#include <fmt/format.h>

namespace trainyard::postgres {
namespace {

// Of the advisory lock that lets one dispatcher at a time announce: "dispatch" in ASCII.
const Statement lock_line{"lock_line", "SELECT pg_advisory_xact_lock(7235441202855961448)",
                          Effect::reads};

const Statement count_capacity{
    "count_capacity",
    "SELECT now(), count(*), coalesce(sum(slots), 0), coalesce(sum(appetite), 0), "
    "(SELECT count(*) FROM jobs WHERE status IN ('running', 'cancelling')), "
    "(SELECT count(*) FROM jobs WHERE admitted_at IS NOT NULL), "
    "(SELECT count(*) FROM (SELECT 1 FROM jobs WHERE status = 'submitting' "
    "AND admitted_at IS NULL AND next_attempt_at <= now() LIMIT 1) due) "
    "FROM workers WHERE seen_at > now() - $1::interval",
    Effect::reads};

// Jumps from lane to lane along the index, then takes the first due jobs of each.
const Statement read_line{"read_line", R"sql(
WITH RECURSIVE lanes AS (
  (SELECT queue, user_id, limit_key FROM jobs
   WHERE status = 'submitting' AND admitted_at IS NULL
   ORDER BY queue, user_id, limit_key LIMIT 1)
  UNION ALL
  SELECT n.* FROM lanes l, LATERAL (
    SELECT j.queue, j.user_id, j.limit_key FROM jobs j
    WHERE j.status = 'submitting' AND j.admitted_at IS NULL
      AND (j.queue, j.user_id, j.limit_key) > (l.queue, l.user_id, l.limit_key)
    ORDER BY j.queue, j.user_id, j.limit_key LIMIT 1) n
)
SELECT l.queue, l.user_id, l.limit_key, w.job_id, w.dispatch_no, w.rank
FROM lanes l, LATERAL (
  SELECT j.job_id, j.dispatch_no, j.rank FROM jobs j
  WHERE j.status = 'submitting' AND j.admitted_at IS NULL
    AND j.queue = l.queue AND j.user_id = l.user_id AND j.limit_key = l.limit_key
    AND j.next_attempt_at <= now()
  ORDER BY j.rank, j.job_id LIMIT $1::int) w
ORDER BY l.queue, l.user_id, l.limit_key, w.rank, w.job_id)sql",
                          Effect::reads};

const Statement read_busy{
    "read_busy",
    "SELECT queue, user_id, limit_key, count(*) FROM ("
    "SELECT queue, user_id, limit_key FROM jobs WHERE admitted_at IS NOT NULL UNION ALL "
    "SELECT queue, user_id, limit_key FROM jobs WHERE status IN ('running', 'cancelling')) busy "
    "GROUP BY queue, user_id, limit_key",
    Effect::reads};

const Statement read_place{
    "read_place",
    "SELECT (SELECT count(*) FROM (SELECT 1 FROM jobs WHERE status = 'submitting' "
    "AND admitted_at IS NULL AND queue = $1 AND user_id = $2 AND limit_key = $3 "
    "AND next_attempt_at <= now() AND (rank, job_id) < ($4::timestamptz, $5::uuid) "
    "LIMIT $6::int) a), "
    "(SELECT count(*) FROM (SELECT 1 FROM jobs WHERE status = 'submitting' "
    "AND admitted_at IS NULL AND user_id = $2 AND next_attempt_at <= now() "
    "AND (rank, job_id) < ($4::timestamptz, $5::uuid) LIMIT $6::int) b), "
    "(SELECT count(DISTINCT user_id) FROM (SELECT user_id FROM jobs WHERE status = 'submitting' "
    "AND admitted_at IS NULL AND next_attempt_at <= now() LIMIT $6::int) c)",
    Effect::reads};

const Statement write_limit{
    "write_limit",
    "INSERT INTO limits (scope, name, concurrency, rate_jobs, rate_ms, rate_burst, backlog, "
    "paused_until, reason) SELECT $1, $2, i.* FROM unnest($3::int[], $4::int[], $5::bigint[], "
    "$6::int[], $7::int[], $8::timestamptz[], $9::text[]) i "
    "ON CONFLICT (scope, name) DO UPDATE SET concurrency = excluded.concurrency, "
    "rate_jobs = excluded.rate_jobs, rate_ms = excluded.rate_ms, "
    "rate_burst = excluded.rate_burst, backlog = excluded.backlog, "
    "paused_until = excluded.paused_until, reason = excluded.reason",
    Effect::writes};
const Statement delete_limit{"delete_limit",
                             "DELETE FROM limits WHERE scope = $1 AND name = $2 RETURNING 1",
                             Effect::writes};
const Statement read_limits{"read_limits",
                            "SELECT " + sql::limit_columns + " FROM limits ORDER BY scope, name",
                            Effect::reads};
const Statement read_buckets{"read_buckets", "SELECT scope, name, tokens, at FROM buckets",
                             Effect::reads};
const Statement write_buckets{
    "write_buckets",
    "INSERT INTO buckets (scope, name, tokens, at) SELECT i.* FROM unnest($1::text[], $2::text[], "
    "$3::float8[], $4::timestamptz[]) i ON CONFLICT (scope, name) DO UPDATE SET "
    "tokens = excluded.tokens, at = excluded.at",
    Effect::writes};

const Statement write_worker{
    "write_worker",
    "WITH old AS (DELETE FROM workers WHERE seen_at <= now() - $4::interval AND worker_id <> $1) "
    "INSERT INTO workers (worker_id, slots, appetite, seen_at) "
    "VALUES ($1, $2::int, $3::int, now()) ON CONFLICT (worker_id) DO UPDATE SET "
    "slots = excluded.slots, appetite = excluded.appetite, seen_at = excluded.seen_at "
    "RETURNING set_config('synchronous_commit', 'off', true)",
    Effect::writes};
const Statement delete_worker{"delete_worker", "DELETE FROM workers WHERE worker_id = $1",
                              Effect::writes};
const Statement read_workers{"read_workers",
                             "SELECT worker_id, slots, appetite, seen_at FROM workers "
                             "WHERE seen_at > now() - $1::interval ORDER BY worker_id",
                             Effect::reads};

std::string ttl() {
  return fmt::format("{} milliseconds", ports::worker_ttl.count());
}

domain::WaitingJob read_waiting(Columns& columns) {
  const JobId id(columns.uuid());
  const auto dispatch_no = columns.integer();
  return {.id = id, .dispatch_no = dispatch_no, .rank = columns.time()};
}

template <class T>
std::string array_of_one(const std::optional<T>& value) {
  TextArray array;
  array.add(value);
  return std::move(array).take();
}

}  // namespace

Result<void> PgDispatchStore::alone(const std::function<Result<void>()>& work) {
  Result<void> answer;
  TRY_DO(guarded([&]() -> Result<void> {
    Session(database_->pool()).transact([&](const Session::Execute& execute) {
      execute(lock_line, {});
      answer = work();
    });
    return {};
  }));
  return answer;
}

Result<ports::Capacity> PgDispatchStore::capacity() {
  return guarded([&]() -> Result<ports::Capacity> {
    const auto rows = database_->run(count_capacity, {ttl()});
    Columns columns(rows[0]);
    ports::Capacity capacity;
    capacity.now = columns.time();
    capacity.workers = columns.number();
    capacity.slots = columns.number();
    capacity.appetite = columns.number();
    capacity.running = columns.number();
    capacity.announced = columns.number();
    capacity.due = columns.number();
    return capacity;
  });
}

Result<ports::Line> PgDispatchStore::line(int limit) {
  return guarded([&]() -> Result<ports::Line> {
    ports::Line line;
    for (const auto& row : database_->run(read_line, {std::to_string(limit)})) {
      Columns columns(row);
      auto lane = sql::read_lane(columns);
      if (line.waiting.empty() || line.waiting.back().lane != lane) {
        line.waiting.push_back({.lane = std::move(lane), .jobs = {}});
      }
      line.waiting.back().jobs.push_back(read_waiting(columns));
    }
    for (const auto& row : database_->run(read_busy)) {
      Columns columns(row);
      auto lane = sql::read_lane(columns);
      line.busy.push_back({.lane = std::move(lane), .jobs = columns.number()});
    }
    return line;
  });
}

Result<std::vector<domain::WaitingJob>> PgDispatchStore::announced(domain::LimitScope scope,
                                                                   std::string_view name) {
  return guarded([&]() -> Result<std::vector<domain::WaitingJob>> {
    std::vector<domain::WaitingJob> jobs;
    const auto sql = fmt::format(
        "SELECT job_id, dispatch_no, rank FROM jobs WHERE admitted_at IS NOT NULL "
        "AND ($1 = '*' OR {} = $1)",
        sql::column_of(scope));
    for (const auto& row : Session(database_->pool()).run_unprepared(sql, {std::string(name)})) {
      Columns columns(row);
      jobs.push_back(read_waiting(columns));
    }
    return jobs;
  });
}

Result<int> PgDispatchStore::backlog(domain::LimitScope scope, std::string_view name, int most) {
  return guarded([&]() -> Result<int> {
    const auto sql = fmt::format(
        "SELECT count(*) FROM (SELECT 1 FROM jobs WHERE status = 'submitting' "
        "AND admitted_at IS NULL AND {} = $1 LIMIT $2::int) waiting",
        sql::column_of(scope));
    const auto rows =
        Session(database_->pool()).run_unprepared(sql, {std::string(name), std::to_string(most)});
    return Columns(rows[0]).number();
  });
}

Result<ports::Place> PgDispatchStore::place(const domain::Job& waiting, int most) {
  return guarded([&]() -> Result<ports::Place> {
    const auto rows = database_->run(
        read_place, {waiting.options.queue, waiting.user_id, waiting.options.key,
                     to_iso8601(waiting.rank), waiting.id.to_string(), std::to_string(most)});
    Columns columns(rows[0]);
    ports::Place place;
    place.ahead_in_lane = columns.number();
    place.ahead_of_user = columns.number();
    place.users_in_line = columns.number();
    return place;
  });
}

Result<void> PgDispatchStore::put_limit(const domain::Limit& limit) {
  const auto rate = [&](auto member) {
    return limit.rate ? std::optional(std::invoke(member, *limit.rate)) : std::nullopt;
  };
  const auto period =
      limit.rate ? std::optional(limit.rate->period.count()) : std::optional<std::int64_t>();
  return guarded([&]() -> Result<void> {
    database_->run(write_limit,
                   {std::string(to_string(limit.scope)), sql::storable(limit.name),
                    array_of_one(limit.concurrency), array_of_one(rate(&domain::Rate::jobs)),
                    array_of_one(period), array_of_one(rate(&domain::Rate::burst)),
                    array_of_one(limit.backlog), array_of_one(limit.paused_until),
                    array_of_one(std::optional(sql::storable(limit.reason)))});
    return {};
  });
}

Result<void> PgDispatchStore::remove_limit(domain::LimitScope scope, std::string_view name) {
  return guarded([&]() -> Result<void> {
    const auto removed =
        database_->run(delete_limit, {std::string(to_string(scope)), std::string(name)});
    if (!removed.empty()) return {};
    return fail(Errc::not_found, fmt::format("no limit is set on {} '{}'", to_string(scope), name));
  });
}

Result<std::vector<domain::Limit>> PgDispatchStore::limits() {
  return guarded([&]() -> Result<std::vector<domain::Limit>> {
    std::vector<domain::Limit> limits;
    for (const auto& row : database_->run(read_limits)) {
      Columns columns(row);
      limits.push_back(sql::read_limit(columns));
    }
    return limits;
  });
}

Result<domain::Buckets> PgDispatchStore::buckets() {
  return guarded([&]() -> Result<domain::Buckets> {
    domain::Buckets buckets;
    for (const auto& row : database_->run(read_buckets)) {
      Columns columns(row);
      const auto scope = sql::known<Columns>(domain::limit_scope_from(columns.text()), "scope");
      std::string name(columns.text());
      const double tokens = columns.real();
      buckets[{scope, std::move(name)}] = {.tokens = tokens, .at = columns.time()};
    }
    return buckets;
  });
}

Result<void> PgDispatchStore::put_buckets(const domain::Buckets& buckets) {
  if (buckets.empty()) return {};
  TextArray scopes, names, tokens, times;
  for (const auto& [key, bucket] : buckets) {
    scopes.add(to_string(key.first));
    names.add(key.second);
    tokens.add(fmt::format("{}", bucket.tokens));
    times.add(bucket.at);
  }
  return guarded([&]() -> Result<void> {
    database_->run(write_buckets, {std::move(scopes).take(), std::move(names).take(),
                                   std::move(tokens).take(), std::move(times).take()});
    return {};
  });
}

Result<void> PgDispatchStore::report(const ports::WorkerReport& worker) {
  return guarded([&]() -> Result<void> {
    database_->run(write_worker, {worker.worker_id, std::to_string(worker.slots),
                                  std::to_string(worker.appetite), ttl()});
    return {};
  });
}

Result<void> PgDispatchStore::forget(std::string_view worker_id) {
  return guarded([&]() -> Result<void> {
    database_->run(delete_worker, {std::string(worker_id)});
    return {};
  });
}

Result<std::vector<ports::WorkerState>> PgDispatchStore::workers() {
  return guarded([&]() -> Result<std::vector<ports::WorkerState>> {
    std::vector<ports::WorkerState> workers;
    for (const auto& row : database_->run(read_workers, {ttl()})) {
      Columns columns(row);
      ports::WorkerState worker;
      worker.report.worker_id = columns.text();
      worker.report.slots = columns.number();
      worker.report.appetite = columns.number();
      worker.seen_at = columns.time();
      workers.push_back(std::move(worker));
    }
    return workers;
  });
}

}  // namespace trainyard::postgres

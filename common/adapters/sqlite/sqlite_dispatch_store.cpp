#include "common/adapters/sqlite/sqlite_dispatch_store.hpp"

#include "common/adapters/sql/limit_rows.hpp"
#include "common/adapters/sql/storable_text.hpp"
#include "common/adapters/sqlite/sqlite_error.hpp"

#include <fmt/format.h>

namespace trainyard::sqlite {
namespace {

std::vector<domain::Lane> lanes_in_line(Connection& connection) {
  std::vector<domain::Lane> lanes;
  std::optional<domain::Lane> last;
  while (true) {
    auto row = connection.query(
        last ? "SELECT queue, user_id, limit_key FROM jobs INDEXED BY jobs_in_line "
               "WHERE status = 'submitting' AND admitted_at IS NULL "
               "AND (queue, user_id, limit_key) > (?, ?, ?) "
               "ORDER BY queue, user_id, limit_key LIMIT 1"
             : "SELECT queue, user_id, limit_key FROM jobs INDEXED BY jobs_in_line "
               "WHERE status = 'submitting' AND admitted_at IS NULL "
               "ORDER BY queue, user_id, limit_key LIMIT 1");
    if (last) row.bind(last->queue).bind(last->user_id).bind(last->key);
    if (!row.step()) return lanes;
    last = sql::read_lane(row);
    lanes.push_back(*last);
  }
}

std::vector<domain::WaitingJob> first_in(Connection& connection, const domain::Lane& lane,
                                         TimePoint now, int limit) {
  auto row = connection.query(
      "SELECT job_id, dispatch_no, rank FROM jobs INDEXED BY jobs_in_line "
      "WHERE status = 'submitting' AND admitted_at IS NULL AND queue = ? AND user_id = ? "
      "AND limit_key = ? AND next_attempt_at <= ? ORDER BY rank, job_id LIMIT ?");
  row.bind(lane.queue).bind(lane.user_id).bind(lane.key).bind(now).bind(limit);
  std::vector<domain::WaitingJob> jobs;
  while (row.step()) {
    const JobId id(row.uuid());
    const auto dispatch_no = row.integer();
    jobs.push_back({.id = id, .dispatch_no = dispatch_no, .rank = row.time()});
  }
  return jobs;
}

int count(Query& row) {
  row.step();
  return row.number();
}

}  // namespace

Result<void> SqliteDispatchStore::alone(const std::function<Result<void>()>& work) {
  const std::lock_guard lock(line_);
  return work();
}

Result<ports::Capacity> SqliteDispatchStore::capacity() {
  return guarded([&]() -> Result<ports::Capacity> {
    Database::Reader reader(*database_);
    ports::Capacity capacity{.now = system_clock().now()};
    auto row = reader->query(
        "SELECT count(*), coalesce(sum(slots), 0), coalesce(sum(appetite), 0), "
        "(SELECT count(*) FROM jobs WHERE lease_until IS NOT NULL), "
        "(SELECT count(*) FROM jobs WHERE admitted_at IS NOT NULL), "
        "EXISTS (SELECT 1 FROM jobs WHERE status = 'submitting' AND admitted_at IS NULL "
        "AND next_attempt_at <= ?1) FROM workers WHERE seen_at > ?2");
    row.bind(capacity.now).bind(capacity.now - ports::worker_ttl).step();
    capacity.workers = row.number();
    capacity.slots = row.number();
    capacity.appetite = row.number();
    capacity.running = row.number();
    capacity.announced = row.number();
    capacity.due = row.number();
    return capacity;
  });
}

Result<ports::Line> SqliteDispatchStore::line(int limit) {
  return guarded([&]() -> Result<ports::Line> {
    Database::Reader reader(*database_);
    const auto now = system_clock().now();
    ports::Line line;
    for (auto& lane : lanes_in_line(*reader)) {
      auto jobs = first_in(*reader, lane, now, limit);
      if (!jobs.empty()) line.waiting.push_back({.lane = std::move(lane), .jobs = std::move(jobs)});
    }
    auto row = reader->query(
        "SELECT queue, user_id, limit_key, count(*) FROM ("
        "SELECT queue, user_id, limit_key FROM jobs WHERE admitted_at IS NOT NULL UNION ALL "
        "SELECT queue, user_id, limit_key FROM jobs WHERE lease_until IS NOT NULL) "
        "GROUP BY queue, user_id, limit_key");
    while (row.step()) {
      auto lane = sql::read_lane(row);
      line.busy.push_back({.lane = std::move(lane), .jobs = row.number()});
    }
    return line;
  });
}

Result<std::vector<domain::WaitingJob>> SqliteDispatchStore::announced(domain::LimitScope scope,
                                                                       std::string_view name) {
  return guarded([&]() -> Result<std::vector<domain::WaitingJob>> {
    Database::Reader reader(*database_);
    auto row = reader->query(
        fmt::format("SELECT job_id, dispatch_no, rank FROM jobs WHERE admitted_at IS NOT NULL "
                    "AND (?1 = '*' OR {} = ?1)",
                    sql::column_of(scope)));
    row.bind(name);
    std::vector<domain::WaitingJob> jobs;
    while (row.step()) {
      const JobId id(row.uuid());
      const auto dispatch_no = row.integer();
      jobs.push_back({.id = id, .dispatch_no = dispatch_no, .rank = row.time()});
    }
    return jobs;
  });
}

Result<int> SqliteDispatchStore::backlog(domain::LimitScope scope, std::string_view name,
                                         int most) {
  return guarded([&]() -> Result<int> {
    Database::Reader reader(*database_);
    auto row = reader->query(
        fmt::format("SELECT count(*) FROM (SELECT 1 FROM jobs WHERE status = 'submitting' "
                    "AND admitted_at IS NULL AND {} = ? LIMIT ?)",
                    sql::column_of(scope)));
    row.bind(name).bind(most);
    return count(row);
  });
}

Result<ports::Place> SqliteDispatchStore::place(const domain::Job& waiting, int most) {
  return guarded([&]() -> Result<ports::Place> {
    Database::Reader reader(*database_);
    const auto now = system_clock().now();
    ports::Place place;
    auto in_lane = reader->query(
        "SELECT count(*) FROM (SELECT 1 FROM jobs WHERE status = 'submitting' "
        "AND admitted_at IS NULL AND queue = ? AND user_id = ? AND limit_key = ? "
        "AND next_attempt_at <= ? AND (rank, job_id) < (?, ?) LIMIT ?)");
    in_lane.bind(waiting.options.queue)
        .bind(waiting.user_id)
        .bind(waiting.options.key)
        .bind(now)
        .bind(waiting.rank)
        .bind(waiting.id)
        .bind(most);
    place.ahead_in_lane = count(in_lane);
    auto of_user = reader->query(
        "SELECT count(*) FROM (SELECT 1 FROM jobs WHERE status = 'submitting' "
        "AND admitted_at IS NULL AND user_id = ? AND next_attempt_at <= ? "
        "AND (rank, job_id) < (?, ?) LIMIT ?)");
    of_user.bind(waiting.user_id).bind(now).bind(waiting.rank).bind(waiting.id).bind(most);
    place.ahead_of_user = count(of_user);
    auto users = reader->query(
        "SELECT count(DISTINCT user_id) FROM (SELECT user_id FROM jobs "
        "WHERE status = 'submitting' AND admitted_at IS NULL AND next_attempt_at <= ? LIMIT ?)");
    users.bind(now).bind(most);
    place.users_in_line = count(users);
    return place;
  });
}

Result<void> SqliteDispatchStore::put_limit(const domain::Limit& limit) {
  const auto name = sql::storable(limit.name);
  const auto reason = sql::storable(limit.reason);
  return database_->write([&](Connection& connection, TimePoint) -> Result<void> {
    auto query = connection.query(
        "INSERT OR REPLACE INTO limits (scope, name, concurrency, rate_jobs, rate_ms, rate_burst, "
        "backlog, paused_until, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
    query.bind(to_string(limit.scope)).bind(name).bind(limit.concurrency);
    if (limit.rate) {
      query.bind(limit.rate->jobs).bind(limit.rate->period.count()).bind(limit.rate->burst);
    } else {
      query.bind_null().bind_null().bind_null();
    }
    query.bind(limit.backlog).bind(limit.paused_until).bind(reason).run();
    return {};
  });
}

Result<void> SqliteDispatchStore::remove_limit(domain::LimitScope scope, std::string_view name) {
  return database_->write([&](Connection& connection, TimePoint) -> Result<void> {
    connection.query("DELETE FROM limits WHERE scope = ? AND name = ?")
        .bind(to_string(scope))
        .bind(name)
        .run();
    if (connection.changes() > 0) return {};
    return fail(Errc::not_found, fmt::format("no limit is set on {} '{}'", to_string(scope), name));
  });
}

Result<std::vector<domain::Limit>> SqliteDispatchStore::limits() {
  return guarded([&]() -> Result<std::vector<domain::Limit>> {
    Database::Reader reader(*database_);
    auto row = reader->query("SELECT " + sql::limit_columns + " FROM limits ORDER BY scope, name");
    std::vector<domain::Limit> limits;
    while (row.step())
      limits.push_back(sql::read_limit(row));
    return limits;
  });
}

Result<domain::Buckets> SqliteDispatchStore::buckets() {
  return guarded([&]() -> Result<domain::Buckets> {
    Database::Reader reader(*database_);
    auto row = reader->query("SELECT scope, name, tokens, at FROM buckets");
    domain::Buckets buckets;
    while (row.step()) {
      const auto scope = sql::known<Query>(domain::limit_scope_from(row.text()), "scope");
      std::string name(row.text());
      const double tokens = row.real();
      buckets[{scope, std::move(name)}] = {.tokens = tokens, .at = row.time()};
    }
    return buckets;
  });
}

Result<void> SqliteDispatchStore::put_buckets(const domain::Buckets& buckets) {
  if (buckets.empty()) return {};
  return database_->write([&](Connection& connection, TimePoint) -> Result<void> {
    for (const auto& [key, bucket] : buckets) {
      connection.query("INSERT OR REPLACE INTO buckets (scope, name, tokens, at) VALUES (?,?,?,?)")
          .bind(to_string(key.first))
          .bind(key.second)
          .bind(bucket.tokens)
          .bind(bucket.at)
          .run();
    }
    return {};
  });
}

Result<void> SqliteDispatchStore::report(const ports::WorkerReport& worker) {
  return database_->write(
      [&](Connection& connection, TimePoint now) -> Result<void> {
        connection.query("DELETE FROM workers WHERE seen_at <= ?")
            .bind(now - ports::worker_ttl)
            .run();
        connection
            .query(
                "INSERT OR REPLACE INTO workers (worker_id, slots, appetite, seen_at) "
                "VALUES (?, ?, ?, ?)")
            .bind(worker.worker_id)
            .bind(worker.slots)
            .bind(worker.appetite)
            .bind(now)
            .run();
        return {};
      },
      Database::Sync::none);
}

Result<void> SqliteDispatchStore::forget(std::string_view worker_id) {
  return database_->write([&](Connection& connection, TimePoint) -> Result<void> {
    connection.query("DELETE FROM workers WHERE worker_id = ?").bind(worker_id).run();
    return {};
  });
}

Result<std::vector<ports::WorkerState>> SqliteDispatchStore::workers() {
  return guarded([&]() -> Result<std::vector<ports::WorkerState>> {
    Database::Reader reader(*database_);
    auto row = reader->query(
        "SELECT worker_id, slots, appetite, seen_at FROM workers WHERE seen_at > ? "
        "ORDER BY worker_id");
    row.bind(system_clock().now() - ports::worker_ttl);
    std::vector<ports::WorkerState> workers;
    while (row.step()) {
      ports::WorkerState worker;
      worker.report.worker_id = row.text();
      worker.report.slots = row.number();
      worker.report.appetite = row.number();
      worker.seen_at = row.time();
      workers.push_back(std::move(worker));
    }
    return workers;
  });
}

}  // namespace trainyard::sqlite

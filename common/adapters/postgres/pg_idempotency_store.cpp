#include "common/adapters/postgres/pg_idempotency_store.hpp"

#include "common/adapters/postgres/pg_columns.hpp"
#include "common/adapters/sql/idempotency_rows.hpp"

#include <fmt/format.h>

namespace trainyard::postgres {
namespace {

// What is kept when it was there already comes from the second statement: the first one sees the
// table as it was before a concurrent insert that it waited for.
const Statement insert_request{
    "insert_request",
    "INSERT INTO idempotency_keys (user_id, key, fingerprint, seed, begun_at) "
    "VALUES ($1, $2, $3, $4::uuid, now()) ON CONFLICT DO NOTHING RETURNING " +
        sql::idempotency_columns,
    Effect::writes};
const Statement read_request{
    "read_request",
    "SELECT " + sql::idempotency_columns + " FROM idempotency_keys WHERE user_id = $1 AND key = $2",
    Effect::reads};
const Statement keep_answer{
    "keep_answer",
    "UPDATE idempotency_keys SET status = coalesce(status, $3::int), "
    "content_type = CASE WHEN status IS NULL THEN $4 ELSE content_type END, "
    "location = CASE WHEN status IS NULL THEN $5 ELSE location END, "
    "body = CASE WHEN status IS NULL THEN $6 ELSE body END "
    "WHERE user_id = $1 AND key = $2 RETURNING 1",
    Effect::writes};
const Statement forget_request{
    "forget_request",
    "DELETE FROM idempotency_keys WHERE user_id = $1 AND key = $2 AND status IS NULL",
    Effect::writes};
const Statement expire_requests{
    "expire_requests",
    "WITH old AS (SELECT user_id, key FROM idempotency_keys WHERE begun_at <= now() - $1::interval "
    "ORDER BY begun_at LIMIT $2::int), gone AS (DELETE FROM idempotency_keys k USING old o "
    "WHERE k.user_id = o.user_id AND k.key = o.key RETURNING 1) SELECT count(*) FROM gone",
    Effect::writes};

constexpr int looks_max = 3;  // somebody may forget it between the two statements

}  // namespace

Result<ports::IdempotencyStore::Begun> PgIdempotencyStore::begin(const ports::RequestKey& key,
                                                                 const std::string& fingerprint,
                                                                 const Uuid& seed) {
  return guarded([&]() -> Result<Begun> {
    for (int look = 0; look < looks_max; ++look) {
      const auto inserted =
          database_->run(insert_request, {key.user_id, key.key, fingerprint, seed.to_string()});
      const auto rows =
          inserted.empty() ? database_->run(read_request, {key.user_id, key.key}) : inserted;
      if (rows.empty()) continue;
      Columns columns(rows[0]);
      return Begun{.request = sql::read_kept_request(columns), .is_new = !inserted.empty()};
    }
    return fail(Errc::conflict, "the key keeps changing underneath: try again");
  });
}

Result<void> PgIdempotencyStore::keep(const ports::RequestKey& key,
                                      const ports::KeptAnswer& answer) {
  return guarded([&]() -> Result<void> {
    const auto kept =
        database_->run(keep_answer, {key.user_id, key.key, std::to_string(answer.status),
                                     answer.content_type, answer.location, answer.body});
    if (kept.empty()) return fail(sql::no_kept_request());
    return {};
  });
}

Result<void> PgIdempotencyStore::forget(const ports::RequestKey& key) {
  return guarded([&]() -> Result<void> {
    database_->run(forget_request, {key.user_id, key.key});
    return {};
  });
}

Result<int> PgIdempotencyStore::expire(milliseconds age, int limit) {
  return guarded([&]() -> Result<int> {
    const auto rows = database_->run(
        expire_requests, {fmt::format("{} milliseconds", age.count()), std::to_string(limit)});
    return Columns(rows[0]).number();
  });
}

}  // namespace trainyard::postgres

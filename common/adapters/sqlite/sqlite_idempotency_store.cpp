#include "common/adapters/sqlite/sqlite_idempotency_store.hpp"

#include "common/adapters/sql/idempotency_rows.hpp"

namespace trainyard::sqlite {
namespace {

std::optional<ports::KeptRequest> find(Connection& connection, const ports::RequestKey& key) {
  static const std::string select =
      "SELECT " + sql::idempotency_columns + " FROM idempotency_keys WHERE user_id = ? AND key = ?";
  auto row = connection.query(select);
  if (!row.bind(key.user_id).bind(key.key).step()) return std::nullopt;
  return sql::read_kept_request(row);
}

}  // namespace

Result<ports::IdempotencyStore::Begun> SqliteIdempotencyStore::begin(const ports::RequestKey& key,
                                                                     const std::string& fingerprint,
                                                                     const Uuid& seed) {
  Begun begun;
  TRY_DO(database_->write([&](Connection& connection, TimePoint now) -> Result<void> {
    if (auto known = find(connection, key)) {
      begun.request = *std::move(known);
      return {};
    }
    connection
        .query(
            "INSERT INTO idempotency_keys (user_id, key, fingerprint, seed, begun_at) "
            "VALUES (?, ?, ?, ?, ?)")
        .bind(key.user_id)
        .bind(key.key)
        .bind(fingerprint)
        .bind(seed)
        .bind(now)
        .run();
    begun = {.request = {.fingerprint = fingerprint, .seed = seed, .begun_at = now},
             .is_new = true};
    return {};
  }));
  return begun;
}

Result<void> SqliteIdempotencyStore::keep(const ports::RequestKey& key,
                                          const ports::KeptAnswer& answer) {
  return database_->write([&](Connection& connection, TimePoint) -> Result<void> {
    const auto known = find(connection, key);
    if (!known) return fail(sql::no_kept_request());
    if (known->answer) return {};
    connection
        .query(
            "UPDATE idempotency_keys SET status = ?, content_type = ?, location = ?, body = ? "
            "WHERE user_id = ? AND key = ?")
        .bind(answer.status)
        .bind(answer.content_type)
        .bind(answer.location)
        .bind(answer.body)
        .bind(key.user_id)
        .bind(key.key)
        .run();
    return {};
  });
}

Result<void> SqliteIdempotencyStore::forget(const ports::RequestKey& key) {
  return database_->write([&](Connection& connection, TimePoint) -> Result<void> {
    connection
        .query("DELETE FROM idempotency_keys WHERE user_id = ? AND key = ? AND status IS NULL")
        .bind(key.user_id)
        .bind(key.key)
        .run();
    return {};
  });
}

Result<int> SqliteIdempotencyStore::expire(milliseconds age, int limit) {
  int expired = 0;
  TRY_DO(database_->write([&](Connection& connection, TimePoint now) -> Result<void> {
    connection
        .query(
            "DELETE FROM idempotency_keys WHERE rowid IN (SELECT rowid FROM idempotency_keys "
            "WHERE begun_at <= ? ORDER BY begun_at LIMIT ?)")
        .bind(now - age)
        .bind(limit)
        .run();
    expired = connection.changes();
    return {};
  }));
  return expired;
}

}  // namespace trainyard::sqlite

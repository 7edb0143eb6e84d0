#include "common/adapters/postgres/pg_access_store.hpp"

#include "common/adapters/postgres/pg_columns.hpp"
#include "common/adapters/postgres/text_array.hpp"
#include "common/adapters/postgres/where.hpp"
#include "common/adapters/sql/access_rows.hpp"
#include "common/adapters/sql/storable_text.hpp"

namespace trainyard::postgres {
namespace {

const Statement insert_key{
    "insert_key",
    "INSERT INTO api_keys AS k (key_id, secret_hash, kind, parent_id, name, user_id, role, "
    "created_by, created_at, expires_at, revoked_at, last_used_at) VALUES ($1, $2, $3, $4, $5, $6, "
    "$7, $8, $9::timestamptz, nullif($10, '')::timestamptz, nullif($11, '')::timestamptz, "
    "nullif($12, '')::timestamptz) "
    "ON CONFLICT (key_id) DO UPDATE SET key_id = k.key_id RETURNING k.secret_hash",
    Effect::writes};
const Statement get_key{"get_key",
                        "SELECT " + sql::key_columns + " FROM api_keys k WHERE k.key_id = $1",
                        Effect::reads};
const Statement revoke_keys{
    "revoke_keys",
    "UPDATE api_keys SET revoked_at = coalesce(revoked_at, $2::timestamptz) "
    "WHERE key_id = $1 OR (parent_id <> '' AND parent_id = $1)",
    Effect::writes};
// Commits without waiting for the disk.
const Statement use_key{"use_key",
                        "UPDATE api_keys SET last_used_at = greatest(last_used_at, "
                        "$2::timestamptz) WHERE key_id = $1 "
                        "RETURNING set_config('synchronous_commit', 'off', true)",
                        Effect::writes};
const Statement insert_audit{
    "insert_audit",
    "INSERT INTO audit_log (audit_id, at, user_id, role, key_id, action, record, status, client, "
    "correlation_id) SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], "
    "$5::text[], $6::text[], $7::text[], $8::integer[], $9::text[], $10::text[]) "
    "ON CONFLICT DO NOTHING",
    Effect::writes};
const Statement forget_audit{"forget_audit", "DELETE FROM audit_log WHERE at < $1::timestamptz",
                             Effect::writes};
const Statement forget_sessions{
    "forget_sessions",
    "DELETE FROM api_keys WHERE kind = 'session' AND expires_at < $1::timestamptz", Effect::writes};

std::string time_or_empty(const std::optional<TimePoint>& time) {
  return time ? to_iso8601(*time) : std::string();
}

std::optional<std::string> time_of(const std::optional<TimePoint>& time) {
  return time ? std::optional(to_iso8601(*time)) : std::nullopt;
}

}  // namespace

Result<void> PgAccessStore::add_key(const ports::ApiKey& key) {
  TRY_DO(sql::check_storable(key));
  return guarded([&]() -> Result<void> {
    const auto rows = database_->run(
        insert_key, {key.id, key.secret_hash, std::string(to_string(key.kind)), key.parent_id,
                     key.name, key.user_id, std::string(to_string(key.role)), key.created_by,
                     to_iso8601(key.created_at), time_or_empty(key.expires_at),
                     time_or_empty(key.revoked_at), time_or_empty(key.last_used_at)});
    if (Columns(rows[0]).text() == key.secret_hash) return {};
    return fail(Errc::conflict, fmt::format("there is a key {} already", key.id));
  });
}

Result<ports::ApiKey> PgAccessStore::find_key(std::string_view id) {
  const auto clean = sql::storable(id);
  return guarded([&]() -> Result<ports::ApiKey> {
    const auto rows = database_->run(get_key, {clean});
    if (rows.empty()) return fail(Errc::not_found, fmt::format("there is no key {}", clean));
    Columns columns(rows[0]);
    return sql::read_key(columns);
  });
}

Result<std::vector<ports::ApiKey>> PgAccessStore::list_keys(const ports::KeyFilter& filter) {
  Where where;
  where.add(filter.user_id, "k.user_id = ${}");
  where.add(filter.kind ? std::optional(std::string(to_string(*filter.kind))) : std::nullopt,
            "k.kind = ${}");
  return guarded([&]() -> Result<std::vector<ports::ApiKey>> {
    Session session(database_->pool());
    std::vector<ports::ApiKey> keys;
    for (const auto& row : session.run_unprepared(
             fmt::format("SELECT {} FROM api_keys k {} ORDER BY k.created_at DESC, k.key_id "
                         "LIMIT {}",
                         sql::key_columns, where.sql, std::max(0, filter.limit)),
             where.parameters)) {
      Columns columns(row);
      keys.push_back(sql::read_key(columns));
    }
    return keys;
  });
}

Result<ports::ApiKey> PgAccessStore::revoke_key(std::string_view id, TimePoint at) {
  const auto clean = sql::storable(id);
  TRY_DO(guarded([&]() -> Result<void> {
    database_->run(revoke_keys, {clean, to_iso8601(at)});
    return {};
  }));
  return find_key(clean);
}

Result<void> PgAccessStore::record_use(std::string_view id, TimePoint at) {
  return guarded([&]() -> Result<void> {
    database_->run(use_key, {sql::storable(id), to_iso8601(at)});
    return {};
  });
}

Result<void> PgAccessStore::append_audit(std::span<const ports::AuditEntry> entries) {
  if (entries.empty()) return {};
  std::array<TextArray, 10> columns;
  for (const auto& given : entries) {
    const auto entry = sql::storable(given);
    columns[0].add(entry.id);
    columns[1].add(entry.at);
    columns[2].add(entry.user_id);
    columns[3].add(entry.role);
    columns[4].add(entry.key_id);
    columns[5].add(entry.action);
    columns[6].add(entry.record);
    columns[7].add(entry.status);
    columns[8].add(entry.client);
    columns[9].add(entry.correlation_id);
  }
  Parameters parameters;
  for (auto& column : columns)
    parameters.push_back(std::move(column).take());
  return guarded([&]() -> Result<void> {
    database_->run(insert_audit, parameters);
    return {};
  });
}

Result<ports::AuditPage> PgAccessStore::list_audit(const ports::AuditFilter& filter) {
  const auto limit = std::max(0, filter.limit);
  Where where;
  where.add(filter.user_id, "a.user_id = ${}");
  where.add(filter.action, "a.action = ${}");
  where.add(filter.record, "a.record = ${}");
  where.add(filter.correlation_id, "a.correlation_id = ${}");
  where.add(time_of(filter.after), "a.at >= ${}::timestamptz");
  where.add(time_of(filter.until), "a.at < ${}::timestamptz");
  where.add(filter.before ? std::optional(filter.before->to_string()) : std::nullopt,
            "a.audit_id < ${}::uuid");
  return guarded([&]() -> Result<ports::AuditPage> {
    Session session(database_->pool());
    ports::AuditPage page;
    for (const auto& row : session.run_unprepared(
             fmt::format("SELECT {} FROM audit_log a {} ORDER BY a.audit_id DESC LIMIT {}",
                         sql::audit_columns, where.sql, limit + 1),
             where.parameters)) {
      Columns columns(row);
      page.entries.push_back(sql::read_audit(columns));
    }
    page.has_more = page.entries.size() > static_cast<std::size_t>(limit);
    if (page.has_more) page.entries.pop_back();
    return page;
  });
}

Result<void> PgAccessStore::forget(const ports::Forget& what) {
  return guarded([&]() -> Result<void> {
    database_->run(forget_audit, {to_iso8601(what.audit_before)});
    database_->run(forget_sessions, {to_iso8601(what.sessions_before)});
    return {};
  });
}

}  // namespace trainyard::postgres

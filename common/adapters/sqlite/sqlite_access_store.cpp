#include "common/adapters/sqlite/sqlite_access_store.hpp"

#include "common/adapters/sql/access_rows.hpp"
#include "common/adapters/sql/storable_text.hpp"
#include "common/adapters/sqlite/sqlite_error.hpp"
#include "common/adapters/sqlite/where.hpp"

#include <fmt/format.h>

namespace trainyard::sqlite {
namespace {

std::unexpected<Error> no_key(std::string_view id) {
  return fail(Errc::not_found, fmt::format("there is no key {}", sql::storable(id)));
}

std::optional<ports::ApiKey> find(Connection& connection, std::string_view id) {
  static const std::string select =
      "SELECT " + sql::key_columns + " FROM api_keys k WHERE k.key_id = ?";
  auto row = connection.query(select);
  if (!row.bind(id).step()) return std::nullopt;
  return sql::read_key(row);
}

void insert(Connection& connection, const ports::ApiKey& key) {
  connection
      .query(
          "INSERT INTO api_keys (key_id, secret_hash, kind, parent_id, name, user_id, role, "
          "created_by, created_at, expires_at, revoked_at, last_used_at) "
          "VALUES (?,?,?,?,?,?,?,?,?,?,?,?)")
      .bind(key.id)
      .bind(key.secret_hash)
      .bind(to_string(key.kind))
      .bind(key.parent_id)
      .bind(key.name)
      .bind(key.user_id)
      .bind(to_string(key.role))
      .bind(key.created_by)
      .bind(key.created_at)
      .bind(key.expires_at)
      .bind(key.revoked_at)
      .bind(key.last_used_at)
      .run();
}

}  // namespace

Result<void> SqliteAccessStore::add_key(const ports::ApiKey& key) {
  TRY_DO(sql::check_storable(key));
  return database_->write([&](Connection& connection, TimePoint) -> Result<void> {
    const auto known = find(connection, key.id);
    if (known && known->secret_hash == key.secret_hash) return {};
    if (known) return fail(Errc::conflict, fmt::format("there is a key {} already", key.id));
    insert(connection, key);
    return {};
  });
}

Result<ports::ApiKey> SqliteAccessStore::find_key(std::string_view id) {
  return guarded([&]() -> Result<ports::ApiKey> {
    Database::Reader reader(*database_);
    if (auto key = find(*reader, id)) return *std::move(key);
    return no_key(id);
  });
}

Result<std::vector<ports::ApiKey>> SqliteAccessStore::list_keys(const ports::KeyFilter& filter) {
  return guarded([&]() -> Result<std::vector<ports::ApiKey>> {
    const auto kind =
        filter.kind ? std::optional(std::string(to_string(*filter.kind))) : std::nullopt;
    Where where;
    where.add(filter.user_id, "k.user_id = ?");
    where.add(kind, "k.kind = ?");
    Database::Reader reader(*database_);
    auto row = reader->query(
        fmt::format("SELECT {} FROM api_keys k {} ORDER BY k.created_at DESC, k.key_id LIMIT ?",
                    sql::key_columns, where.sql));
    where.bind(row);
    row.bind(filter.limit);
    std::vector<ports::ApiKey> keys;
    while (row.step())
      keys.push_back(sql::read_key(row));
    return keys;
  });
}

Result<ports::ApiKey> SqliteAccessStore::revoke_key(std::string_view id, TimePoint at) {
  TRY_DO(database_->write([&](Connection& connection, TimePoint) -> Result<void> {
    connection
        .query(
            "UPDATE api_keys SET revoked_at = coalesce(revoked_at, ?) "
            "WHERE key_id = ? OR (parent_id <> '' AND parent_id = ?)")
        .bind(at)
        .bind(id)
        .bind(id)
        .run();
    return {};
  }));
  return find_key(id);
}

Result<void> SqliteAccessStore::record_use(std::string_view id, TimePoint at) {
  return database_->write(
      [&](Connection& connection, TimePoint) -> Result<void> {
        connection
            .query(
                "UPDATE api_keys SET last_used_at = max(coalesce(last_used_at, 0), ?) "
                "WHERE key_id = ?")
            .bind(at)
            .bind(id)
            .run();
        return {};
      },
      Database::Sync::none);
}

Result<void> SqliteAccessStore::append_audit(std::span<const ports::AuditEntry> entries) {
  if (entries.empty()) return {};
  return database_->write([&](Connection& connection, TimePoint) -> Result<void> {
    for (const auto& given : entries) {
      const auto entry = sql::storable(given);
      connection
          .query(
              "INSERT INTO audit_log (audit_id, at, user_id, role, key_id, action, record, status, "
              "client, correlation_id) VALUES (?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING")
          .bind(entry.id)
          .bind(entry.at)
          .bind(entry.user_id)
          .bind(entry.role)
          .bind(entry.key_id)
          .bind(entry.action)
          .bind(entry.record)
          .bind(entry.status)
          .bind(entry.client)
          .bind(entry.correlation_id)
          .run();
    }
    return {};
  });
}

Result<ports::AuditPage> SqliteAccessStore::list_audit(const ports::AuditFilter& filter) {
  const auto limit = std::max(0, filter.limit);
  return guarded([&]() -> Result<ports::AuditPage> {
    Where where;
    where.add(filter.user_id, "a.user_id = ?");
    where.add(filter.action, "a.action = ?");
    where.add(filter.record, "a.record = ?");
    where.add(filter.correlation_id, "a.correlation_id = ?");
    where.add(filter.after, "a.at >= ?");
    where.add(filter.until, "a.at < ?");
    where.add(filter.before, "a.audit_id < ?");
    Database::Reader reader(*database_);
    auto row =
        reader->query(fmt::format("SELECT {} FROM audit_log a {} ORDER BY a.audit_id DESC LIMIT ?",
                                  sql::audit_columns, where.sql));
    where.bind(row);
    row.bind(limit + 1);
    ports::AuditPage page;
    while (row.step())
      page.entries.push_back(sql::read_audit(row));
    page.has_more = page.entries.size() > static_cast<std::size_t>(limit);
    if (page.has_more) page.entries.pop_back();
    return page;
  });
}

Result<void> SqliteAccessStore::forget(const ports::Forget& what) {
  return database_->write([&](Connection& connection, TimePoint) -> Result<void> {
    connection.query("DELETE FROM audit_log WHERE at < ?").bind(what.audit_before).run();
    connection.query("DELETE FROM api_keys WHERE kind = 'session' AND expires_at < ?")
        .bind(what.sessions_before)
        .run();
    return {};
  });
}

}  // namespace trainyard::sqlite

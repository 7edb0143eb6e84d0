#pragma once

#include "common/adapters/sql/rows.hpp"
#include "common/ports/access_store.hpp"

#include <string>

// rows.hpp for keys and the audit log. The tables are called k and a.

namespace trainyard::sql {

inline const std::string key_columns =
    "k.key_id, k.secret_hash, k.kind, k.parent_id, k.name, k.user_id, k.role, k.created_by, "
    "k.created_at, k.expires_at, k.revoked_at, k.last_used_at";
inline const std::string audit_columns =
    "a.audit_id, a.at, a.user_id, a.role, a.key_id, a.action, a.record, a.status, a.client, "
    "a.correlation_id";

template <class Row>
ports::ApiKey read_key(Row& row) {
  ports::ApiKey key;
  key.id = row.text();
  key.secret_hash = row.text();
  key.kind = known<Row>(domain::key_kind_from(row.text()), "kind");
  key.parent_id = row.text();
  key.name = row.text();
  key.user_id = row.text();
  key.role = known<Row>(domain::role_from(row.text()), "role");
  key.created_by = row.text();
  key.created_at = row.time();
  key.expires_at = row.optional_time();
  key.revoked_at = row.optional_time();
  key.last_used_at = row.optional_time();
  return key;
}

template <class Row>
ports::AuditEntry read_audit(Row& row) {
  ports::AuditEntry entry;
  entry.id = ports::AuditId(row.uuid());
  entry.at = row.time();
  entry.user_id = row.text();
  entry.role = row.text();
  entry.key_id = row.text();
  entry.action = row.text();
  entry.record = row.text();
  entry.status = row.number();
  entry.client = row.text();
  entry.correlation_id = row.text();
  return entry;
}

}  // namespace trainyard::sql

-- Who may come in and who changed what. Of a key only the hash is kept.
CREATE TABLE api_keys (
  key_id       TEXT    NOT NULL PRIMARY KEY,
  kind         TEXT    NOT NULL,
  parent_id    TEXT    NOT NULL DEFAULT '',
  name         TEXT    NOT NULL DEFAULT '',
  secret_hash  TEXT    NOT NULL,
  user_id      TEXT    NOT NULL,
  role         TEXT    NOT NULL,
  created_by   TEXT    NOT NULL DEFAULT '',
  created_at   INTEGER NOT NULL,
  expires_at   INTEGER,
  revoked_at   INTEGER,
  last_used_at INTEGER,
  CONSTRAINT api_keys_kind_known CHECK (kind IN ('key', 'session')),
  CONSTRAINT api_keys_role_known CHECK (role IN ('viewer', 'member', 'admin')),
  CONSTRAINT api_keys_sessions_expire CHECK (kind <> 'session' OR expires_at IS NOT NULL)
) STRICT;
CREATE INDEX api_keys_by_parent ON api_keys (parent_id) WHERE parent_id <> '';

CREATE TABLE audit_log (
  audit_id       BLOB    NOT NULL PRIMARY KEY,
  at             INTEGER NOT NULL,
  user_id        TEXT    NOT NULL,
  role           TEXT    NOT NULL,
  key_id         TEXT    NOT NULL,
  action         TEXT    NOT NULL,
  record         TEXT    NOT NULL,
  status         INTEGER NOT NULL,
  client         TEXT    NOT NULL,
  correlation_id TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_log_by_user ON audit_log (user_id, audit_id);
CREATE INDEX audit_log_by_record ON audit_log (record, audit_id) WHERE record <> '';

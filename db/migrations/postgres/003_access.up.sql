-- Who may come in and who changed what. Of a key only the hash is kept.
CREATE TABLE api_keys (
  created_at   timestamptz NOT NULL,
  expires_at   timestamptz,
  revoked_at   timestamptz,
  last_used_at timestamptz,
  key_id       text        NOT NULL PRIMARY KEY,
  kind         text        NOT NULL,
  parent_id    text        NOT NULL DEFAULT '',
  name         text        NOT NULL DEFAULT '',
  secret_hash  text        NOT NULL,
  user_id      text        NOT NULL,
  role         text        NOT NULL,
  created_by   text        NOT NULL DEFAULT '',
  CONSTRAINT api_keys_kind_known CHECK (kind IN ('key', 'session')),
  CONSTRAINT api_keys_role_known CHECK (role IN ('viewer', 'member', 'admin')),
  CONSTRAINT api_keys_sessions_expire CHECK (kind <> 'session' OR expires_at IS NOT NULL)
) WITH (fillfactor = 80);
CREATE INDEX api_keys_by_parent ON api_keys (parent_id) WHERE parent_id <> '';

CREATE TABLE audit_log (
  audit_id       uuid        NOT NULL PRIMARY KEY,
  at             timestamptz NOT NULL,
  status         integer     NOT NULL,
  user_id        text        NOT NULL,
  role           text        NOT NULL,
  key_id         text        NOT NULL,
  action         text        NOT NULL,
  record         text        NOT NULL,
  client         text        NOT NULL,
  correlation_id text        NOT NULL
);
CREATE INDEX audit_log_by_user ON audit_log (user_id, audit_id);
CREATE INDEX audit_log_by_record ON audit_log (record, audit_id) WHERE record <> '';

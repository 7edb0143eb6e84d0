CREATE TABLE idempotency_keys (
  user_id      TEXT    NOT NULL,
  key          TEXT    NOT NULL,
  fingerprint  TEXT    NOT NULL,
  seed         BLOB    NOT NULL,
  begun_at     INTEGER NOT NULL,
  status       INTEGER,
  content_type TEXT    NOT NULL DEFAULT '',
  location     TEXT    NOT NULL DEFAULT '',
  body         TEXT    NOT NULL DEFAULT '',
  PRIMARY KEY (user_id, key)
) STRICT;
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (begun_at);

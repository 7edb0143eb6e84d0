CREATE TABLE idempotency_keys (
  user_id      text        NOT NULL,
  key          text        NOT NULL,
  fingerprint  text        NOT NULL,
  seed         uuid        NOT NULL,
  begun_at     timestamptz NOT NULL,
  status       integer,
  content_type text        NOT NULL DEFAULT '',
  location     text        NOT NULL DEFAULT '',
  body         text        NOT NULL DEFAULT '',
  PRIMARY KEY (user_id, key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (begun_at);

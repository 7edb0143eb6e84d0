-- What starts jobs by itself. The meaning of every column is in db/README.md.
ALTER TABLE batches ADD COLUMN origin TEXT NOT NULL DEFAULT '';
ALTER TABLE batches ADD COLUMN cause TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX batches_by_origin ON batches (origin) WHERE origin <> '';

CREATE TABLE definitions (
  kind       TEXT    NOT NULL,
  name       TEXT    NOT NULL,
  user_id    TEXT    NOT NULL,
  spec       TEXT    NOT NULL,
  state      TEXT    NOT NULL,
  due_at     INTEGER,
  revision   INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (kind, name),
  CONSTRAINT definitions_kind_known CHECK (kind IN ('template', 'schedule', 'trigger'))
) STRICT;

CREATE INDEX definitions_due ON definitions (kind, due_at) WHERE due_at IS NOT NULL;

CREATE TABLE decisions (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  kind    TEXT    NOT NULL,
  name    TEXT    NOT NULL,
  at      INTEGER NOT NULL,
  outcome TEXT    NOT NULL,
  reason  TEXT    NOT NULL,
  data    TEXT    NOT NULL
) STRICT;

CREATE INDEX decisions_by_definition ON decisions (kind, name, id);

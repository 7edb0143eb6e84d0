-- What starts jobs by itself. The meaning of every column is in db/README.md.
ALTER TABLE batches ADD COLUMN origin text NOT NULL DEFAULT '';
ALTER TABLE batches ADD COLUMN cause text NOT NULL DEFAULT '';
CREATE UNIQUE INDEX batches_by_origin ON batches (origin) WHERE origin <> '';

CREATE TABLE definitions (
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  due_at     timestamptz,
  revision   bigint      NOT NULL,
  kind       text        NOT NULL,
  name       text        NOT NULL,
  user_id    text        NOT NULL,
  spec       text        NOT NULL,
  state      text        NOT NULL,
  PRIMARY KEY (kind, name),
  CONSTRAINT definitions_kind_known CHECK (kind IN ('template', 'schedule', 'trigger'))
);

CREATE INDEX definitions_due ON definitions (kind, due_at) WHERE due_at IS NOT NULL;

CREATE TABLE decisions (
  id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at      timestamptz NOT NULL,
  kind    text        NOT NULL,
  name    text        NOT NULL,
  outcome text        NOT NULL,
  reason  text        NOT NULL,
  data    text        NOT NULL
);

CREATE INDEX decisions_by_definition ON decisions (kind, name, id);

-- Jobs that are to be the only one of their user and key, and runs of dependent steps.
-- The meaning of every column is in db/README.md.
ALTER TABLE jobs ADD COLUMN unique_key TEXT NOT NULL DEFAULT '';
CREATE INDEX jobs_unique ON jobs (user_id, unique_key, job_id) WHERE unique_key <> '';

CREATE TABLE pipelines (
  pipeline_id    BLOB NOT NULL PRIMARY KEY,
  user_id        TEXT NOT NULL,
  name           TEXT NOT NULL,
  correlation_id TEXT NOT NULL,
  spec           TEXT NOT NULL,
  status         TEXT NOT NULL,
  state          TEXT NOT NULL,
  revision       INTEGER NOT NULL,
  created_at     INTEGER NOT NULL,
  updated_at     INTEGER NOT NULL,
  completed_at   INTEGER,
  CONSTRAINT pipelines_status_known CHECK (status IN
    ('running', 'cancelling', 'completed', 'failed', 'cancelled')),
  CONSTRAINT pipelines_completed_at_iff_over CHECK
    ((completed_at IS NULL) = (status IN ('running', 'cancelling')))
) STRICT;

CREATE INDEX pipelines_by_user ON pipelines (user_id, pipeline_id);
CREATE INDEX pipelines_open ON pipelines (pipeline_id) WHERE completed_at IS NULL;

-- Jobs that are to be the only one of their user and key, and runs of dependent steps.
-- The meaning of every column is in db/README.md.
ALTER TABLE jobs ADD COLUMN unique_key text NOT NULL DEFAULT '';
CREATE INDEX jobs_unique ON jobs (user_id, unique_key, job_id) WHERE unique_key <> '';

CREATE TABLE pipelines (
  pipeline_id    uuid NOT NULL PRIMARY KEY,
  user_id        text NOT NULL,
  name           text NOT NULL,
  correlation_id text NOT NULL,
  spec           text NOT NULL,
  status         text NOT NULL,
  state          text NOT NULL,
  revision       bigint NOT NULL,
  created_at     timestamptz NOT NULL,
  updated_at     timestamptz NOT NULL,
  completed_at   timestamptz,
  CONSTRAINT pipelines_status_known CHECK (status IN
    ('running', 'cancelling', 'completed', 'failed', 'cancelled')),
  CONSTRAINT pipelines_completed_at_iff_over CHECK
    ((completed_at IS NULL) = (status IN ('running', 'cancelling')))
);

CREATE INDEX pipelines_by_user ON pipelines (user_id, pipeline_id);
CREATE INDEX pipelines_open ON pipelines (pipeline_id) WHERE completed_at IS NULL;

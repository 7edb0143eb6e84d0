-- What orders and limits jobs. `rank` is meaningful while a job waits.
ALTER TABLE jobs ADD COLUMN rank INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN run_at INTEGER;
ALTER TABLE jobs ADD COLUMN lease_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN timeout_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN queue TEXT NOT NULL DEFAULT 'default';
ALTER TABLE jobs ADD COLUMN limit_key TEXT NOT NULL DEFAULT '';

-- The line: few rows, unless work piles up.
CREATE INDEX jobs_in_line ON jobs (queue, user_id, limit_key, rank, job_id)
  WHERE status = 'submitting' AND admitted_at IS NULL;

CREATE TABLE limits (
  scope        TEXT NOT NULL,
  name         TEXT NOT NULL,
  concurrency  INTEGER,
  rate_jobs    INTEGER,
  rate_ms      INTEGER,
  rate_burst   INTEGER,
  backlog      INTEGER,
  paused_until INTEGER,
  reason       TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (scope, name),
  CONSTRAINT limits_scope_known CHECK (scope IN ('queue', 'user', 'key')),
  CONSTRAINT limits_rate_whole CHECK
    ((rate_jobs IS NULL) = (rate_ms IS NULL) AND (rate_jobs IS NULL) = (rate_burst IS NULL))
) STRICT;

CREATE TABLE buckets (
  scope  TEXT    NOT NULL,
  name   TEXT    NOT NULL,
  tokens REAL    NOT NULL,
  at     INTEGER NOT NULL,
  PRIMARY KEY (scope, name)
) STRICT;

CREATE TABLE workers (
  worker_id TEXT    NOT NULL PRIMARY KEY,
  slots     INTEGER NOT NULL,
  appetite  INTEGER NOT NULL,
  seen_at   INTEGER NOT NULL
) STRICT;

-- Times are microseconds since 1970-01-01 UTC; ids are the 16 bytes of the UUID (hex(job_id) shows
-- them). Text that has no value is ''. The meaning of every column is in db/README.md.

CREATE TABLE store_info (
  epoch TEXT NOT NULL
) STRICT;
INSERT INTO store_info (epoch) VALUES (lower(hex(randomblob(16))));

CREATE TABLE batches (
  batch_id       BLOB    NOT NULL PRIMARY KEY,
  user_id        TEXT    NOT NULL,
  config         TEXT    NOT NULL,
  correlation_id TEXT    NOT NULL,
  created_at     INTEGER NOT NULL,
  completed_at   INTEGER,
  total_jobs     INTEGER NOT NULL,
  open_jobs      INTEGER NOT NULL,
  CONSTRAINT batches_open_jobs_within_total CHECK (open_jobs BETWEEN 0 AND total_jobs),
  CONSTRAINT batches_completed_iff_none_open CHECK ((completed_at IS NOT NULL) = (open_jobs = 0))
) STRICT;

CREATE TABLE jobs (
  job_id          BLOB    NOT NULL PRIMARY KEY,
  batch_id        BLOB,
  user_id         TEXT    NOT NULL,
  run_id          TEXT    NOT NULL DEFAULT '',
  config          TEXT    NOT NULL,
  cluster_config  TEXT    NOT NULL,
  segment_id      TEXT    NOT NULL DEFAULT '',
  model           TEXT    NOT NULL DEFAULT '',
  correlation_id  TEXT    NOT NULL DEFAULT '',
  priority        INTEGER NOT NULL DEFAULT 0,
  status          TEXT    NOT NULL,
  progress        INTEGER NOT NULL DEFAULT 0,
  current_step    TEXT    NOT NULL DEFAULT '',
  created_at      INTEGER NOT NULL,
  updated_at      INTEGER NOT NULL,
  submitted_at    INTEGER,
  started_at      INTEGER,
  completed_at    INTEGER,
  mlflow_run_id   TEXT    NOT NULL DEFAULT '',
  metrics         TEXT    NOT NULL DEFAULT '',
  artifact_uri    TEXT    NOT NULL DEFAULT '',
  checkpoint_path TEXT    NOT NULL DEFAULT '',
  error           TEXT    NOT NULL DEFAULT '',
  error_category  TEXT,
  attempt         INTEGER NOT NULL DEFAULT 0,
  retry_count     INTEGER NOT NULL DEFAULT 0,
  interruptions   INTEGER NOT NULL DEFAULT 0,
  version         INTEGER NOT NULL,
  dispatch_no     INTEGER NOT NULL DEFAULT 0,
  fence           INTEGER NOT NULL DEFAULT 0,
  admitted_at     INTEGER,
  next_attempt_at INTEGER,
  lease_worker    TEXT,
  lease_token     BLOB,
  lease_until     INTEGER,
  lease_renewals  INTEGER,
  CONSTRAINT jobs_status_known CHECK (status IN
    ('pending', 'submitting', 'running', 'cancelling', 'cancelled', 'completed', 'failed')),
  CONSTRAINT jobs_progress_percent CHECK (progress BETWEEN 0 AND 100),
  CONSTRAINT jobs_error_category_known CHECK (error_category IN
    ('transient', 'cluster', 'data', 'config', 'permanent')),
  CONSTRAINT jobs_completed_at_iff_terminal CHECK
    ((completed_at IS NOT NULL) = (status IN ('cancelled', 'completed', 'failed'))),
  CONSTRAINT jobs_lease_iff_held CHECK
    ((lease_until IS NOT NULL) = (status IN ('running', 'cancelling'))),
  CONSTRAINT jobs_lease_whole CHECK
    ((lease_until IS NULL) = (lease_worker IS NULL) AND
     (lease_until IS NULL) = (lease_token IS NULL) AND
     (lease_until IS NULL) = (lease_renewals IS NULL)),
  CONSTRAINT jobs_admitted_only_while_waiting CHECK
    (admitted_at IS NULL OR status = 'submitting'),
  CONSTRAINT jobs_waiting_is_admitted_or_timed CHECK
    (status <> 'submitting' OR admitted_at IS NOT NULL OR next_attempt_at IS NOT NULL)
) STRICT;

-- Each index below but the first two holds only the few rows its reader wants.
CREATE INDEX jobs_by_user ON jobs (user_id, job_id);
CREATE INDEX jobs_by_batch ON jobs (batch_id, job_id) WHERE batch_id IS NOT NULL;
CREATE INDEX jobs_admitted ON jobs (admitted_at) WHERE admitted_at IS NOT NULL;
CREATE INDEX jobs_timed ON jobs (next_attempt_at)
  WHERE status = 'submitting' AND admitted_at IS NULL;
CREATE INDEX jobs_leased ON jobs (lease_until) WHERE lease_until IS NOT NULL;

CREATE TABLE job_history (
  job_id      BLOB    NOT NULL,
  version     INTEGER NOT NULL,
  event       TEXT    NOT NULL,
  from_status TEXT,
  to_status   TEXT    NOT NULL,
  at          INTEGER NOT NULL,
  attempt     INTEGER NOT NULL,
  fence       INTEGER NOT NULL,
  worker_id   TEXT    NOT NULL DEFAULT '',
  detail      TEXT    NOT NULL DEFAULT '',
  category    TEXT,
  PRIMARY KEY (job_id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE job_results (
  job_id  BLOB NOT NULL PRIMARY KEY,
  results TEXT NOT NULL
) STRICT;

-- AUTOINCREMENT: an id is never used twice, even after its row is gone.
CREATE TABLE outbox (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  job_id        BLOB,
  first_version INTEGER,
  last_version  INTEGER,
  dispatch_no   INTEGER,
  batch_id      BLOB,
  CONSTRAINT outbox_of_a_job_or_a_batch CHECK ((job_id IS NULL) <> (batch_id IS NULL))
) STRICT;

CREATE TABLE leaders (
  role       TEXT    NOT NULL PRIMARY KEY,
  instance   TEXT    NOT NULL,
  lead_until INTEGER NOT NULL
) STRICT;

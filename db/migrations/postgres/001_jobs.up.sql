-- The meaning of every column is in db/README.md. Text that has no value is ''. No foreign keys:
-- every writer is the store, which checks and deletes with the same statement, and a key would
-- cost each accepted job a lookup and a share lock on its batch.

CREATE TABLE store_info (
  epoch text NOT NULL
);
INSERT INTO store_info (epoch) VALUES (replace(gen_random_uuid()::text, '-', ''));

CREATE TABLE batches (
  batch_id       uuid        NOT NULL PRIMARY KEY,
  user_id        text        NOT NULL,
  config         text        NOT NULL,
  correlation_id text        NOT NULL,
  created_at     timestamptz NOT NULL,
  completed_at   timestamptz,
  total_jobs     integer     NOT NULL,
  open_jobs      integer     NOT NULL,
  CONSTRAINT batches_open_jobs_within_total CHECK (open_jobs BETWEEN 0 AND total_jobs),
  CONSTRAINT batches_completed_iff_none_open CHECK ((completed_at IS NOT NULL) = (open_jobs = 0))
) WITH (fillfactor = 50);

-- A renewal and a progress report touch no indexed column, so with room left on the page they are
-- heap-only updates that no index notices. Wide columns first, then narrow ones: less padding.
CREATE TABLE jobs (
  job_id          uuid        NOT NULL PRIMARY KEY,
  batch_id        uuid,
  lease_token     uuid,
  created_at      timestamptz NOT NULL,
  updated_at      timestamptz NOT NULL,
  submitted_at    timestamptz,
  started_at      timestamptz,
  completed_at    timestamptz,
  admitted_at     timestamptz,
  next_attempt_at timestamptz,
  lease_until     timestamptz,
  lease_renewals  bigint,
  version         bigint      NOT NULL,
  dispatch_no     bigint      NOT NULL DEFAULT 0,
  fence           bigint      NOT NULL DEFAULT 0,
  priority        integer     NOT NULL DEFAULT 0,
  progress        integer     NOT NULL DEFAULT 0,
  attempt         integer     NOT NULL DEFAULT 0,
  retry_count     integer     NOT NULL DEFAULT 0,
  interruptions   integer     NOT NULL DEFAULT 0,
  status          text        NOT NULL,
  user_id         text        NOT NULL,
  run_id          text        NOT NULL DEFAULT '',
  config          text        NOT NULL,
  cluster_config  text        NOT NULL,
  segment_id      text        NOT NULL DEFAULT '',
  model           text        NOT NULL DEFAULT '',
  correlation_id  text        NOT NULL DEFAULT '',
  current_step    text        NOT NULL DEFAULT '',
  mlflow_run_id   text        NOT NULL DEFAULT '',
  metrics         text        NOT NULL DEFAULT '',
  artifact_uri    text        NOT NULL DEFAULT '',
  checkpoint_path text        NOT NULL DEFAULT '',
  error           text        NOT NULL DEFAULT '',
  error_category  text,
  lease_worker    text,
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
) WITH (
  fillfactor = 70,
  autovacuum_vacuum_scale_factor = 0.02,
  autovacuum_vacuum_insert_scale_factor = 0.1,
  autovacuum_analyze_scale_factor = 0.05
);

-- Each index below but the first two holds only the few rows its reader wants. jobs_held is on the
-- id, not on lease_until, so that renewals stay heap-only: it holds what runs now, which is little.
CREATE INDEX jobs_by_user ON jobs (user_id, job_id);
CREATE INDEX jobs_by_batch ON jobs (batch_id, job_id) WHERE batch_id IS NOT NULL;
CREATE INDEX jobs_admitted ON jobs (admitted_at) WHERE admitted_at IS NOT NULL;
CREATE INDEX jobs_timed ON jobs (next_attempt_at)
  WHERE status = 'submitting' AND admitted_at IS NULL;
CREATE INDEX jobs_held ON jobs (job_id) WHERE status IN ('running', 'cancelling');

CREATE TABLE job_history (
  job_id      uuid        NOT NULL,
  version     bigint      NOT NULL,
  at          timestamptz NOT NULL,
  fence       bigint      NOT NULL DEFAULT 0,
  attempt     integer     NOT NULL DEFAULT 0,
  event       text        NOT NULL,
  from_status text,
  to_status   text        NOT NULL,
  worker_id   text        NOT NULL DEFAULT '',
  detail      text        NOT NULL DEFAULT '',
  category    text,
  PRIMARY KEY (job_id, version)
);

CREATE TABLE job_results (
  job_id  uuid NOT NULL PRIMARY KEY,
  results text NOT NULL
);

-- Rows live for a moment: vacuum by count, not by share of a size that swings between 0 and much.
CREATE TABLE outbox (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  first_version bigint,
  last_version  bigint,
  dispatch_no   bigint,
  job_id        uuid,
  batch_id      uuid,
  CONSTRAINT outbox_of_a_job_or_a_batch CHECK ((job_id IS NULL) <> (batch_id IS NULL))
) WITH (
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 5000,
  autovacuum_vacuum_cost_delay = 0
);

CREATE TABLE leaders (
  role       text        NOT NULL PRIMARY KEY,
  instance   text        NOT NULL,
  lead_until timestamptz NOT NULL
);

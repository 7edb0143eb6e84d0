-- What orders and limits jobs. `rank` is meaningful while a job waits.
ALTER TABLE jobs
  ADD COLUMN rank       timestamptz NOT NULL DEFAULT 'epoch',
  ADD COLUMN run_at     timestamptz,
  ADD COLUMN lease_ms   bigint      NOT NULL DEFAULT 0,
  ADD COLUMN timeout_ms bigint      NOT NULL DEFAULT 0,
  ADD COLUMN queue      text        NOT NULL DEFAULT 'default',
  ADD COLUMN limit_key  text        NOT NULL DEFAULT '';

-- The line: few rows, unless work piles up.
CREATE INDEX jobs_in_line ON jobs (queue, user_id, limit_key, rank, job_id)
  WHERE status = 'submitting' AND admitted_at IS NULL;

CREATE TABLE limits (
  scope        text    NOT NULL,
  name         text    NOT NULL,
  concurrency  integer,
  rate_jobs    integer,
  rate_ms      bigint,
  rate_burst   integer,
  backlog      integer,
  paused_until timestamptz,
  reason       text    NOT NULL DEFAULT '',
  PRIMARY KEY (scope, name),
  CONSTRAINT limits_scope_known CHECK (scope IN ('queue', 'user', 'key')),
  CONSTRAINT limits_rate_whole CHECK
    ((rate_jobs IS NULL) = (rate_ms IS NULL) AND (rate_jobs IS NULL) = (rate_burst IS NULL))
);

CREATE TABLE buckets (
  scope  text             NOT NULL,
  name   text             NOT NULL,
  tokens double precision NOT NULL,
  at     timestamptz      NOT NULL,
  PRIMARY KEY (scope, name)
);

CREATE TABLE workers (
  worker_id text        NOT NULL PRIMARY KEY,
  slots     integer     NOT NULL,
  appetite  integer     NOT NULL,
  seen_at   timestamptz NOT NULL
) WITH (fillfactor = 50);

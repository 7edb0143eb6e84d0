-- What jobs write while they run. The meaning of every column is in db/README.md.
CREATE TABLE job_log (
  job_id uuid        NOT NULL,
  seq    bigint      NOT NULL,
  at     timestamptz NOT NULL,
  level  text        NOT NULL,
  line   text        NOT NULL,
  PRIMARY KEY (job_id, seq)
);

-- What jobs write while they run. The meaning of every column is in db/README.md.
CREATE TABLE job_log (
  job_id BLOB    NOT NULL,
  seq    INTEGER NOT NULL,
  at     INTEGER NOT NULL,
  level  TEXT    NOT NULL,
  line   TEXT    NOT NULL,
  PRIMARY KEY (job_id, seq)
) STRICT, WITHOUT ROWID;

-- With millions of finished jobs, a user's few that wait or went wrong are found without reading
-- past the others. Neither index holds a job that runs or has completed.
CREATE INDEX jobs_waiting_by_user ON jobs (user_id, job_id)
  WHERE status IN ('pending', 'submitting');
CREATE INDEX jobs_ended_badly_by_user ON jobs (user_id, job_id)
  WHERE status IN ('failed', 'cancelled');

-- Retention deletes what is oldest: its room is to be had again before much more has been taken.
ALTER TABLE job_history SET (autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE job_results SET (autovacuum_vacuum_scale_factor = 0.05);

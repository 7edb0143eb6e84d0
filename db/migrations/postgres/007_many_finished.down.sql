ALTER TABLE job_results RESET (autovacuum_vacuum_scale_factor);
ALTER TABLE job_history RESET (autovacuum_vacuum_scale_factor);
DROP INDEX jobs_ended_badly_by_user;
DROP INDEX jobs_waiting_by_user;

-- With millions of finished jobs, those of one other status are found without reading past them.
CREATE INDEX jobs_not_completed ON jobs (status, user_id, job_id) WHERE status <> 'completed';

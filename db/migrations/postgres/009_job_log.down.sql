DROP TABLE job_log;

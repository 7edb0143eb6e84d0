DROP TABLE leaders;
DROP TABLE outbox;
DROP TABLE job_results;
DROP TABLE job_history;
DROP TABLE jobs;
DROP TABLE batches;
DROP TABLE store_info;

DROP TABLE pipelines;
DROP INDEX jobs_unique;
ALTER TABLE jobs DROP COLUMN unique_key;

DROP TABLE decisions;
DROP TABLE definitions;
DROP INDEX batches_by_origin;
ALTER TABLE batches DROP COLUMN cause;
ALTER TABLE batches DROP COLUMN origin;

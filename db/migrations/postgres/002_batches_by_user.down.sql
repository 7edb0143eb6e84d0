DROP INDEX batches_by_user;

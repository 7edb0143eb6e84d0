-- A user's batches, newest first.
CREATE INDEX batches_by_user ON batches (user_id, batch_id);

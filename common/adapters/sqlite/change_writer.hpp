#pragma once

#include "common/adapters/sqlite/connection.hpp"
#include "common/domain/job_command.hpp"

#include <map>

namespace trainyard::sqlite {

// Writes decided changes within one transaction: the record, its history, its results, one outbox
// row per job, and what they add up to for their batches. Lives as long as the transaction.
class ChangeWriter {
 public:
  ChangeWriter(Connection& connection, TimePoint now) : connection_(connection), now_(now) {}

  void write_new(const domain::JobChange& change);
  void write(const domain::Job& before, const domain::JobChange& change);
  // A job that leaves the store: its batch has one less.
  void forget(const domain::Job& job);
  // The batch was written with its jobs counted in.
  void counted_already(BatchId id) { batches_.erase(id); }
  // Batches that lose their last job go with it.
  void drop_empty_batches() { drops_empty_ = true; }
  // The batches' counts, and an outbox row for each whose last open job just ended.
  void write_batches();

  Connection& connection() { return connection_; }
  bool made_outbox_rows() const { return outbox_rows_ > 0; }

 private:
  struct Delta {
    int total = 0;
    int open = 0;
  };

  void write_lines(const domain::JobChange& change);
  void write_batch(BatchId id, const Delta& delta);

  Connection& connection_;
  TimePoint now_;
  std::map<BatchId, Delta> batches_;
  bool drops_empty_ = false;
  int outbox_rows_ = 0;
};

}  // namespace trainyard::sqlite

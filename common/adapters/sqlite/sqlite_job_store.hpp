#pragma once

#include "common/adapters/sqlite/database.hpp"
#include "common/ports/job_store.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace trainyard::sqlite {

class ChangeWriter;

// JobStore over one SQLite file. Every change is read, decided and written inside one write
// transaction, so no version can move between.
class SqliteJobStore final : public ports::JobStore {
 public:
  explicit SqliteJobStore(std::shared_ptr<Database> database) : database_(std::move(database)) {}

  ports::Applied accept(std::span<const domain::NewJob> jobs) override;
  Result<domain::Batch> accept_batch(const ports::NewBatch& batch,
                                     const ports::BatchJobs& jobs) override;

  ports::Applied apply(std::span<const domain::JobCommand> commands) override;
  Result<int> admit(std::span<const domain::Admit> jobs) override;
  Result<std::vector<ports::Renewal>> renew(std::string_view worker_id,
                                            std::span<const ports::LeaseRef> leases,
                                            milliseconds lease) override;
  Result<void> record_progress(std::span<const ports::ProgressReport> reports) override;
  Result<void> remove(JobId job) override;
  Result<ports::FinishedPage> finished(milliseconds age, JobId after, int limit) override;
  Result<int> forget(milliseconds age, std::span<const JobId> jobs) override;

  Result<domain::Job> get(JobId job) override;
  Result<std::vector<domain::Job>> get_many(std::span<const JobId> jobs) override;
  Result<ports::JobPage> list(const ports::JobFilter& filter) override;
  Result<std::vector<domain::HistoryEntry>> history(JobId job) override;
  Result<std::string> results(JobId job) override;
  Result<domain::Batch> get_batch(BatchId batch) override;
  Result<domain::BatchCounts> count_batch(BatchId batch) override;
  Result<ports::BatchPage> list_batches(const ports::BatchFilter& filter) override;
  Result<std::vector<domain::Job>> batch_jobs(BatchId batch) override;

  Result<std::vector<ports::LeaseSnapshot>> expired_leases(int limit) override;
  Result<std::optional<TimePoint>> next_due() override;
  Result<std::vector<ports::DispatchRef>> unclaimed(milliseconds age, int limit) override;
  Result<int> announce_again(milliseconds age, int limit) override;

  Result<std::vector<ports::OutboxEntry>> outbox(int limit,
                                                 std::span<const ports::OutboxRange> skip) override;
  Result<void> outbox_done(std::span<const std::int64_t> ids) override;
  Result<void> await_outbox(milliseconds timeout) override;
  void wake() override;

  Result<bool> lead(std::string_view role, std::string_view instance, milliseconds ttl) override;
  Result<std::string> epoch() override;
  Result<void> ping() override;

 private:
  // Runs `work` in a write transaction and commits when it succeeds.
  Result<void> write(const std::function<Result<void>(ChangeWriter&, TimePoint now)>& work);
  ports::Applied write_set(
      std::size_t size, const std::function<void(ChangeWriter&, TimePoint, ports::Applied&)>& work);
  Result<domain::JobChange> accept_one(ChangeWriter& writer, const domain::NewJob& job,
                                       TimePoint now);
  Result<domain::JobChange> apply_one(ChangeWriter& writer, const domain::JobCommand& command,
                                      TimePoint now);
  static void remove_rows(Connection& connection, JobId id);
  std::optional<domain::Job> find_job(Connection& connection, JobId id);
  std::optional<domain::Job> find_unique(Connection& connection, const domain::NewJob& job,
                                         TimePoint now);
  std::optional<BatchId> find_origin(Connection& connection, std::string_view origin);
  std::optional<domain::Batch> find_batch(Connection& connection, BatchId id);

  std::shared_ptr<Database> database_;
};

}  // namespace trainyard::sqlite

#pragma once

#include "common/adapters/postgres/database.hpp"
#include "common/adapters/postgres/outbox_listener.hpp"
#include "common/adapters/postgres/server_clock.hpp"
#include "common/ports/job_store.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace trainyard::postgres {

// JobStore over PostgreSQL. A change is read, decided here, and written back by one statement that
// takes effect only for records whose version is still the one that was read; those that moved are
// read and decided again. So nothing is locked while this process thinks.
class PgJobStore final : public ports::JobStore {
 public:
  explicit PgJobStore(std::shared_ptr<Database> database);

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
  pqxx::result run(const Statement& statement, const Parameters& parameters = {});
  struct Known;
  Known look_before_accepting(std::span<const domain::NewJob> jobs,
                              std::span<const std::size_t> order);
  std::optional<Known> nothing_known(std::span<const domain::NewJob> jobs,
                                     std::span<const std::size_t> order);
  using Insert = std::function<void(std::span<const std::size_t> order, int attempt)>;
  void accept_some(std::vector<std::size_t> order, ports::Applied& answers, const Insert& insert);
  void insert_new(std::span<const domain::NewJob> jobs, std::span<const std::size_t> order,
                  Known known, ports::Applied& answers);
  void insert_unique(std::span<const domain::NewJob> jobs, std::span<const std::size_t> order,
                     ports::Applied& answers);
  Result<domain::JobChange> as_stored(JobId id);
  std::vector<std::size_t> apply_some(std::span<const domain::JobCommand> commands,
                                      std::span<const std::size_t> order, ports::Applied& answers);

  std::shared_ptr<Database> database_;
  ServerClock clock_;
  OutboxListener listener_;
};

}  // namespace trainyard::postgres

#pragma once

#include "common/ports/job_store.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <unordered_map>

namespace trainyard::memory_store {

// A JobStore for tests, on domain::decide and one mutex. Its times are the clock's, moved on by
// advance(), so that leases can run out without waiting. Calls can be made to fail. Thread-safe.
class MemoryStore : public ports::JobStore {
 public:
  explicit MemoryStore(const Clock& clock = system_clock()) : clock_(clock) {}

  enum class Outage {
    none,
    away,      // unavailable, nothing happens
    in_doubt,  // writes happen and are answered with in_doubt
  };

  void set_outage(Outage outage);
  void advance(milliseconds time);
  // Blocks until it holds for the job, however long that takes.
  domain::Job await(JobId job, const std::function<bool(const domain::Job&)>& holds);
  domain::Job await(JobId job, domain::JobStatus status);
  void await_completed(std::size_t count);
  // Blocks until a command was refused, because the store is away, later than that.
  void await_refusal_after(std::chrono::steady_clock::time_point time);
  int count_of(domain::JobEvent event);  // over all histories
  int unclaimed_queries();
  std::vector<domain::Job> jobs();  // in no order
  TimePoint now() const;

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
  // Nothing is ever old here.
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

  Result<std::vector<ports::OutboxEntry>> outbox(
      int limit, std::span<const ports::OutboxRange> skip = {}) override;
  Result<void> outbox_done(std::span<const std::int64_t> ids) override;
  Result<void> await_outbox(milliseconds timeout) override;
  void wake() override;

  Result<bool> lead(std::string_view role, std::string_view instance, milliseconds ttl) override;
  Result<std::string> epoch() override { return "memory"; }
  Result<void> ping() override { return {}; }

 private:
  struct Record {
    domain::Job job;
    std::vector<domain::HistoryEntry> history;
    std::string results;
  };

  Record* find(JobId job);
  const domain::Job* find_unique(const domain::NewJob& job) const;
  void write(Record& record, const domain::JobChange& change);
  bool is_unclaimed(const Record& record, milliseconds age) const;

  const Clock& clock_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::condition_variable outbox_changed_;
  std::unordered_map<JobId, Record> records_;
  std::unordered_map<BatchId, domain::Batch> batches_;
  std::deque<ports::OutboxEntry> outbox_;
  std::int64_t last_outbox_id_ = 0;
  bool woken_ = false;
  Outage outage_ = Outage::none;
  std::chrono::steady_clock::time_point refused_at_;
  milliseconds advanced_{0};
  std::size_t completed_ = 0;
  int unclaimed_queries_ = 0;
};

}  // namespace trainyard::memory_store

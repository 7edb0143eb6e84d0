#pragma once

#include "common/ports/job_store.hpp"

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>

namespace trainyard::testing {

// A JobStore of which the control loops see what a test puts in: an outbox, expired leases, an
// election. It counts queries and can be away. Thread-safe.
class FakeStore final : public ports::JobStore {
 public:
  // --- what tests do ---------------------------------------------------------------------------
  void put(ports::OutboxEntry entry) {
    const std::lock_guard lock(mutex_);
    outbox_.emplace(entry.id, std::move(entry));
    pending_ = true;
    changed_.notify_all();
  }
  void set_away(bool is_away) {
    const std::lock_guard lock(mutex_);
    away_ = is_away;
    changed_.notify_all();
  }
  template <class Change>
  void change(Change change) {
    const std::lock_guard lock(mutex_);
    change(*this);
    changed_.notify_all();
  }
  // Waits until `holds(*this)` under the lock; false after a while.
  template <class Condition>
  bool eventually(Condition holds) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20), [&] { return holds(*this); });
  }
  std::size_t rows() {
    const std::lock_guard lock(mutex_);
    return outbox_.size();
  }

  std::map<std::int64_t, ports::OutboxEntry> outbox_;
  std::vector<ports::LeaseSnapshot> expired;
  std::optional<TimePoint> earliest;
  std::vector<domain::JobCommand> applied;
  std::vector<ports::FinishedJob> finished_jobs;  // oldest first
  std::vector<JobId> forgotten;
  domain::BatchCounts counts;
  std::string elected;
  int announced = 0;
  int queries = 0;

  // --- JobStore --------------------------------------------------------------------------------
  Result<std::vector<ports::OutboxEntry>> outbox(
      int limit, std::span<const ports::OutboxRange> skip) override {
    const std::lock_guard lock(mutex_);
    ++queries;
    if (away_) return away();
    std::vector<ports::OutboxEntry> entries;
    for (const auto& [id, entry] : outbox_) {
      const bool skipped = std::ranges::any_of(
          skip, [id](const auto& range) { return range.first <= id && id <= range.last; });
      if (!skipped && static_cast<int>(entries.size()) < limit) entries.push_back(entry);
    }
    return entries;
  }
  Result<void> outbox_done(std::span<const std::int64_t> ids) override {
    const std::lock_guard lock(mutex_);
    ++queries;
    if (away_) return away();
    for (const auto id : ids)
      outbox_.erase(id);
    changed_.notify_all();
    return {};
  }
  Result<void> await_outbox(milliseconds timeout) override {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, timeout, [this] { return pending_; });
    pending_ = false;
    if (away_) return away();
    return {};
  }
  void wake() override {
    const std::lock_guard lock(mutex_);
    pending_ = true;
    changed_.notify_all();
  }
  Result<domain::BatchCounts> count_batch(BatchId) override { return counts; }
  ports::Applied apply(std::span<const domain::JobCommand> commands) override {
    const std::lock_guard lock(mutex_);
    ++queries;
    ports::Applied answers;
    for (const auto& command : commands) {
      applied.push_back(command);
      const auto job = domain::job_of(command);
      std::erase_if(expired, [job](const auto& each) { return each.job_id == job; });
      answers.emplace_back(domain::JobChange{});
    }
    changed_.notify_all();
    return answers;
  }
  Result<std::vector<ports::LeaseSnapshot>> expired_leases(int) override {
    const std::lock_guard lock(mutex_);
    ++queries;
    if (away_) return away();
    return expired;
  }
  Result<std::optional<TimePoint>> next_due() override {
    const std::lock_guard lock(mutex_);
    ++queries;
    changed_.notify_all();
    return earliest;
  }
  Result<int> announce_again(milliseconds, int) override {
    const std::lock_guard lock(mutex_);
    ++queries;
    ++announced;
    changed_.notify_all();
    return 0;
  }
  Result<ports::FinishedPage> finished(milliseconds, JobId after, int limit) override {
    const std::lock_guard lock(mutex_);
    ++queries;
    changed_.notify_all();
    if (away_) return away();
    ports::FinishedPage page;
    for (const auto& job : finished_jobs) {
      if (job.id > after && std::ssize(page.jobs) < limit) page.jobs.push_back(job);
    }
    if (std::ssize(page.jobs) == limit) page.next = page.jobs.back().id;
    return page;
  }
  Result<int> forget(milliseconds, std::span<const JobId> jobs) override {
    const std::lock_guard lock(mutex_);
    ++queries;
    if (away_) return away();
    forgotten.insert(forgotten.end(), jobs.begin(), jobs.end());
    changed_.notify_all();
    return static_cast<int>(jobs.size());
  }
  Result<bool> lead(std::string_view, std::string_view instance, milliseconds) override {
    const std::lock_guard lock(mutex_);
    ++queries;
    if (away_) return away();
    if (elected.empty()) elected = instance;
    return elected == instance;
  }

  ports::Applied accept(std::span<const domain::NewJob>) override { return {}; }
  Result<int> admit(std::span<const domain::Admit>) override { return unused(); }
  Result<domain::Batch> accept_batch(const ports::NewBatch&, const ports::BatchJobs&) override {
    return unused();
  }
  Result<std::vector<ports::Renewal>> renew(std::string_view, std::span<const ports::LeaseRef>,
                                            milliseconds) override {
    return unused();
  }
  Result<void> record_progress(std::span<const ports::ProgressReport>) override { return unused(); }
  Result<void> remove(JobId) override { return unused(); }
  Result<domain::Job> get(JobId) override { return unused(); }
  Result<std::vector<domain::Job>> get_many(std::span<const JobId>) override { return unused(); }
  Result<ports::JobPage> list(const ports::JobFilter&) override { return unused(); }
  Result<std::vector<domain::HistoryEntry>> history(JobId) override { return unused(); }
  Result<std::string> results(JobId) override { return unused(); }
  Result<domain::Batch> get_batch(BatchId) override { return unused(); }
  Result<ports::BatchPage> list_batches(const ports::BatchFilter&) override { return unused(); }
  Result<std::vector<domain::Job>> batch_jobs(BatchId) override { return unused(); }
  Result<std::vector<ports::DispatchRef>> unclaimed(milliseconds, int) override { return unused(); }
  Result<std::string> epoch() override { return "fake"; }
  Result<void> ping() override { return {}; }

 private:
  static std::unexpected<Error> away() { return fail(Errc::unavailable, "away"); }
  static std::unexpected<Error> unused() { return fail(Errc::internal, "not faked"); }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool pending_ = false;
  bool away_ = false;
};

}  // namespace trainyard::testing

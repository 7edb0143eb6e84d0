#include "tests/support/memory_store/memory_store.hpp"

#include <algorithm>

namespace trainyard::memory_store {
namespace {

using domain::JobStatus;

std::unexpected<Error> away() {
  return fail(Errc::unavailable, "the store is away");
}
std::unexpected<Error> no_such_job() {
  return fail(Errc::not_found, "no such job");
}

}  // namespace

void MemoryStore::set_outage(Outage outage) {
  const std::lock_guard lock(mutex_);
  outage_ = outage;
}

void MemoryStore::advance(milliseconds time) {
  const std::lock_guard lock(mutex_);
  advanced_ += time;
}

TimePoint MemoryStore::now() const {
  return clock_.now() + advanced_;
}

MemoryStore::Record* MemoryStore::find(JobId job) {
  const auto found = records_.find(job);
  return found == records_.end() ? nullptr : &found->second;
}

const domain::Job* MemoryStore::find_unique(const domain::NewJob& job) const {
  const domain::Job* newest = nullptr;
  for (const auto& [id, record] : records_) {
    const auto& each = record.job;
    const bool counts = job.unique && each.user_id == job.user_id &&
                        each.unique_key == job.unique->key &&
                        job.unique->counts(each.status, each.created_at, now());
    if (counts && (!newest || newest->id < id)) newest = &each;
  }
  return newest;
}

domain::Job MemoryStore::await(JobId job, const std::function<bool(const domain::Job&)>& holds) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] {
    const auto* record = find(job);
    return record && holds(record->job);
  });
  return find(job)->job;
}

domain::Job MemoryStore::await(JobId job, JobStatus status) {
  return await(job, [status](const domain::Job& each) { return each.status == status; });
}

void MemoryStore::await_completed(std::size_t count) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return completed_ >= count; });
}

void MemoryStore::await_refusal_after(std::chrono::steady_clock::time_point time) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return refused_at_ > time; });
}

int MemoryStore::count_of(domain::JobEvent event) {
  const std::lock_guard lock(mutex_);
  int count = 0;
  for (const auto& [id, record] : records_) {
    count +=
        static_cast<int>(std::ranges::count(record.history, event, &domain::HistoryEntry::event));
  }
  return count;
}

int MemoryStore::unclaimed_queries() {
  const std::lock_guard lock(mutex_);
  return unclaimed_queries_;
}

void MemoryStore::write(Record& record, const domain::JobChange& change) {
  if (change.unchanged) return;
  record.job = change.job;
  record.history.insert(record.history.end(), change.history.begin(), change.history.end());
  if (change.results) record.results = *change.results;
  if (change.job.status == JobStatus::completed) ++completed_;
  ports::OutboxEntry entry{.id = ++last_outbox_id_, .job = change.job, .history = change.history};
  if (change.announce) entry.dispatch_no = change.job.dispatch_no;
  outbox_.push_back(std::move(entry));
}

ports::Applied MemoryStore::accept(std::span<const domain::NewJob> jobs) {
  const std::lock_guard lock(mutex_);
  ports::Applied applied;
  for (const auto& job : jobs) {
    if (outage_ == Outage::away) {
      applied.push_back(away());
    } else if (const auto* known = find(job.id)) {
      applied.push_back(domain::JobChange{.job = known->job, .unchanged = true});
    } else if (const auto* other = find_unique(job)) {
      applied.push_back(domain::JobChange{.job = *other, .unchanged = true});
    } else {
      auto change = domain::create(job, now());
      write(records_[job.id], change);
      applied.push_back(std::move(change));
    }
  }
  changed_.notify_all();
  outbox_changed_.notify_all();
  return applied;
}

Result<domain::Batch> MemoryStore::accept_batch(const ports::NewBatch& batch,
                                                const ports::BatchJobs& jobs) {
  for (std::size_t accepted = 0; accepted < jobs.count;) {
    for (const auto& applied : accept(jobs.from(accepted))) {
      if (!applied) return fail(applied.error());
      ++accepted;
    }
  }
  const std::lock_guard lock(mutex_);
  const auto count = static_cast<int>(jobs.count);
  return batches_[batch.id] = {.id = batch.id,
                               .user_id = batch.user_id,
                               .config = batch.config,
                               .correlation_id = batch.correlation_id,
                               .created_at = now(),
                               .total_jobs = count,
                               .open_jobs = count};
}

ports::Applied MemoryStore::apply(std::span<const domain::JobCommand> commands) {
  const std::lock_guard lock(mutex_);
  ports::Applied applied;
  applied.reserve(commands.size());
  for (const auto& command : commands) {
    if (outage_ == Outage::away) {
      refused_at_ = std::chrono::steady_clock::now();
      applied.push_back(away());
      continue;
    }
    auto* record = find(domain::job_of(command));
    if (!record) {
      applied.push_back(no_such_job());
      continue;
    }
    auto change = domain::decide(record->job, command, now());
    if (change) write(*record, *change);
    if (outage_ == Outage::in_doubt) change = fail(Errc::in_doubt, "the commit was not answered");
    applied.push_back(std::move(change));
  }
  changed_.notify_all();
  outbox_changed_.notify_all();
  return applied;
}

Result<int> MemoryStore::admit(std::span<const domain::Admit> jobs) {
  int admitted = 0;
  for (const auto& job : jobs) {
    const domain::JobCommand command = job;
    const auto applied = apply({&command, 1}).front();
    if (applied) {
      ++admitted;
    } else if (applied.error().code == Errc::unavailable ||
               applied.error().code == Errc::in_doubt) {
      return fail(applied.error());
    }
  }
  return admitted;
}

Result<std::vector<ports::Renewal>> MemoryStore::renew(std::string_view worker_id,
                                                       std::span<const ports::LeaseRef> leases,
                                                       milliseconds lease) {
  const std::lock_guard lock(mutex_);
  if (outage_ == Outage::away) return away();
  std::vector<ports::Renewal> renewed;
  for (const auto& [job, fence] : leases) {
    auto* record = find(job);
    if (!record || !record->job.lease || record->job.fence != fence ||
        record->job.lease->worker_id != worker_id) {
      continue;
    }
    const auto own = record->job.options.lease;
    record->job.lease->until = now() + (own.count() > 0 ? own : lease);
    ++record->job.lease->renewals;
    renewed.push_back({job, fence, record->job.status == JobStatus::cancelling});
  }
  changed_.notify_all();
  return renewed;
}

Result<void> MemoryStore::record_progress(std::span<const ports::ProgressReport> reports) {
  const std::lock_guard lock(mutex_);
  if (outage_ == Outage::away) return away();
  for (const auto& report : reports) {
    auto* record = find(report.job_id);
    if (!record || record->job.status != JobStatus::running || record->job.fence != report.fence) {
      continue;
    }
    record->job.progress = report.percent;
    record->job.current_step = report.step;
    if (!report.metrics.empty()) record->job.metrics = report.metrics;
  }
  changed_.notify_all();
  return {};
}

Result<void> MemoryStore::remove(JobId job) {
  const std::lock_guard lock(mutex_);
  if (records_.erase(job) == 0) return no_such_job();
  return {};
}

Result<ports::FinishedPage> MemoryStore::finished(milliseconds, JobId, int) {
  return ports::FinishedPage{};
}

Result<int> MemoryStore::forget(milliseconds, std::span<const JobId>) {
  return 0;
}

Result<domain::Job> MemoryStore::get(JobId job) {
  const std::lock_guard lock(mutex_);
  if (const auto* record = find(job)) return record->job;
  return no_such_job();
}

Result<std::vector<domain::Job>> MemoryStore::get_many(std::span<const JobId> jobs) {
  const std::lock_guard lock(mutex_);
  std::vector<domain::Job> found;
  for (const auto job : jobs) {
    if (const auto* record = find(job)) found.push_back(record->job);
  }
  return found;
}

Result<ports::JobPage> MemoryStore::list(const ports::JobFilter& filter) {
  const std::lock_guard lock(mutex_);
  ports::JobPage page;
  for (const auto& [id, record] : records_) {
    if (filter.status && record.job.status != *filter.status) continue;
    if (filter.user_id && record.job.user_id != *filter.user_id) continue;
    if (filter.error_category && record.job.error_category != *filter.error_category) continue;
    ++page.total;
    if (filter.before && id >= *filter.before) continue;
    page.jobs.push_back(record.job);
  }
  std::ranges::sort(page.jobs, std::ranges::greater{}, &domain::Job::id);
  page.has_more = std::ssize(page.jobs) > filter.limit;
  if (page.has_more) page.jobs.resize(static_cast<std::size_t>(filter.limit));
  return page;
}

Result<std::vector<domain::HistoryEntry>> MemoryStore::history(JobId job) {
  const std::lock_guard lock(mutex_);
  if (const auto* record = find(job)) return record->history;
  return no_such_job();
}

Result<std::string> MemoryStore::results(JobId job) {
  const std::lock_guard lock(mutex_);
  const auto* record = find(job);
  if (!record || record->results.empty()) return fail(Errc::not_found, "no results");
  return record->results;
}

Result<domain::Batch> MemoryStore::get_batch(BatchId batch) {
  const std::lock_guard lock(mutex_);
  const auto found = batches_.find(batch);
  if (found == batches_.end()) return fail(Errc::not_found, "no such batch");
  return found->second;
}

Result<domain::BatchCounts> MemoryStore::count_batch(BatchId batch) {
  TRY(const auto jobs, batch_jobs(batch));
  domain::BatchCounts counts{.total = static_cast<int>(jobs.size())};
  for (const auto& job : jobs) {
    counts.completed += job.status == JobStatus::completed;
    counts.failed += job.status == JobStatus::failed;
    counts.cancelled += job.status == JobStatus::cancelled;
    counts.running += job.status == JobStatus::running || job.status == JobStatus::cancelling;
    counts.pending += job.status == JobStatus::pending || job.status == JobStatus::submitting;
    counts.progress_sum += domain::is_terminal(job.status) ? 100 : job.progress;
  }
  return counts;
}

Result<ports::BatchPage> MemoryStore::list_batches(const ports::BatchFilter& filter) {
  std::vector<domain::Batch> batches;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, batch] : batches_)
      batches.push_back(batch);
  }
  std::ranges::sort(batches, std::ranges::greater{}, &domain::Batch::id);
  ports::BatchPage page;
  for (auto& batch : batches) {
    if (filter.user_id && batch.user_id != *filter.user_id) continue;
    TRY(const auto counts, count_batch(batch.id));
    if (filter.status && domain::status_of(counts) != *filter.status) continue;
    ++page.total;
    if (filter.before && batch.id >= *filter.before) continue;
    page.has_more = std::ssize(page.batches) >= filter.limit;
    if (page.has_more) continue;
    batch.config.clear();
    page.batches.push_back({std::move(batch), counts});
  }
  return page;
}

Result<std::vector<domain::Job>> MemoryStore::batch_jobs(BatchId batch) {
  const std::lock_guard lock(mutex_);
  std::vector<domain::Job> jobs;
  for (const auto& [id, record] : records_) {
    if (record.job.batch_id == batch) jobs.push_back(record.job);
  }
  std::ranges::sort(jobs, {}, &domain::Job::id);
  return jobs;
}

Result<std::vector<ports::LeaseSnapshot>> MemoryStore::expired_leases(int limit) {
  const std::lock_guard lock(mutex_);
  std::vector<ports::LeaseSnapshot> expired;
  for (const auto& [id, record] : records_) {
    const auto& lease = record.job.lease;
    if (!lease || lease->until > now() || std::ssize(expired) >= limit) continue;
    expired.push_back({id, record.job.fence, lease->renewals, lease->worker_id});
  }
  return expired;
}

std::vector<domain::Job> MemoryStore::jobs() {
  const std::lock_guard lock(mutex_);
  std::vector<domain::Job> jobs;
  for (const auto& [id, record] : records_)
    jobs.push_back(record.job);
  return jobs;
}

Result<std::optional<TimePoint>> MemoryStore::next_due() {
  const std::lock_guard lock(mutex_);
  std::optional<TimePoint> earliest;
  for (const auto& [id, record] : records_) {
    const auto& at = record.job.next_attempt_at;
    const bool waits = record.job.status == JobStatus::submitting && at && *at > now();
    if (waits && (!earliest || *at < *earliest)) earliest = at;
  }
  return earliest;
}

bool MemoryStore::is_unclaimed(const Record& record, milliseconds age) const {
  return record.job.status == JobStatus::submitting && record.job.admitted_at &&
         *record.job.admitted_at + age <= now();
}

Result<std::vector<ports::DispatchRef>> MemoryStore::unclaimed(milliseconds age, int limit) {
  const std::lock_guard lock(mutex_);
  ++unclaimed_queries_;
  std::vector<ports::DispatchRef> refs;
  for (const auto& [id, record] : records_) {
    if (!is_unclaimed(record, age) || std::ssize(refs) >= limit) continue;
    refs.push_back({id, record.job.dispatch_no});
  }
  return refs;
}

Result<int> MemoryStore::announce_again(milliseconds age, int limit) {
  const std::lock_guard lock(mutex_);
  int count = 0;
  for (const auto& [id, record] : records_) {
    if (!is_unclaimed(record, age) || count >= limit) continue;
    outbox_.push_back(
        {.id = ++last_outbox_id_, .job = record.job, .dispatch_no = record.job.dispatch_no});
    ++count;
  }
  outbox_changed_.notify_all();
  return count;
}

Result<std::vector<ports::OutboxEntry>> MemoryStore::outbox(
    int limit, std::span<const ports::OutboxRange> skip) {
  const std::lock_guard lock(mutex_);
  std::vector<ports::OutboxEntry> entries;
  for (const auto& entry : outbox_) {
    const auto covers = [&](const auto& range) {
      return range.first <= entry.id && entry.id <= range.last;
    };
    if (std::ranges::any_of(skip, covers)) continue;
    if (std::ssize(entries) >= limit) break;
    entries.push_back(entry);
  }
  return entries;
}

Result<void> MemoryStore::outbox_done(std::span<const std::int64_t> ids) {
  const std::lock_guard lock(mutex_);
  std::vector<std::int64_t> sorted(ids.begin(), ids.end());
  std::ranges::sort(sorted);
  std::erase_if(outbox_,
                [&](const auto& entry) { return std::ranges::binary_search(sorted, entry.id); });
  return {};
}

Result<void> MemoryStore::await_outbox(milliseconds timeout) {
  std::unique_lock lock(mutex_);
  outbox_changed_.wait_for(lock, timeout, [this] { return woken_ || !outbox_.empty(); });
  woken_ = false;
  return {};
}

void MemoryStore::wake() {
  const std::lock_guard lock(mutex_);
  woken_ = true;
  outbox_changed_.notify_all();
}

Result<bool> MemoryStore::lead(std::string_view, std::string_view, milliseconds) {
  return true;
}

}  // namespace trainyard::memory_store

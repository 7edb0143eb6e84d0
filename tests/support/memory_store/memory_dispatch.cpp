#include "tests/support/memory_store/memory_dispatch.hpp"

#include <algorithm>
#include <set>

namespace trainyard::memory_store {
namespace {

using domain::JobStatus;

domain::Lane lane_of(const domain::Job& job) {
  return domain::lane_of(job.user_id, job.options);
}

bool is_in_line(const domain::Job& job) {
  return job.status == JobStatus::submitting && !job.admitted_at;
}

bool is_due(const domain::Job& job, TimePoint now) {
  return is_in_line(job) && *job.next_attempt_at <= now;
}

domain::WaitingJob waiting(const domain::Job& job) {
  return {.id = job.id, .dispatch_no = job.dispatch_no, .rank = job.rank};
}

bool is_before(const domain::Job& a, const domain::Job& b) {
  return std::tie(a.rank, a.id) < std::tie(b.rank, b.id);
}

}  // namespace

Result<void> MemoryDispatch::alone(const std::function<Result<void>()>& work) {
  const std::lock_guard lock(line_);
  return work();
}

Result<ports::Capacity> MemoryDispatch::capacity() {
  ports::Capacity capacity{.now = jobs_.now()};
  TRY(const auto workers, this->workers());
  for (const auto& worker : workers) {
    ++capacity.workers;
    capacity.slots += worker.report.slots;
    capacity.appetite += worker.report.appetite;
  }
  for (const auto& job : jobs_.jobs()) {
    if (job.lease) ++capacity.running;
    if (job.admitted_at) ++capacity.announced;
    if (is_due(job, capacity.now)) capacity.due = 1;
  }
  return capacity;
}

Result<ports::Line> MemoryDispatch::line(int limit) {
  std::map<domain::Lane, std::vector<domain::WaitingJob>> lanes;
  std::map<domain::Lane, int> busy;
  for (const auto& job : jobs_.jobs()) {
    if (is_due(job, jobs_.now())) lanes[lane_of(job)].push_back(waiting(job));
    if (job.lease || job.admitted_at) ++busy[lane_of(job)];
  }
  ports::Line line;
  for (auto& [lane, jobs] : lanes) {
    std::ranges::sort(jobs, {}, [](const auto& job) { return std::pair(job.rank, job.id); });
    if (std::ssize(jobs) > limit) jobs.resize(static_cast<std::size_t>(limit));
    line.waiting.push_back({.lane = lane, .jobs = std::move(jobs)});
  }
  for (const auto& [lane, jobs] : busy)
    line.busy.push_back({.lane = lane, .jobs = jobs});
  return line;
}

Result<std::vector<domain::WaitingJob>> MemoryDispatch::announced(domain::LimitScope scope,
                                                                  std::string_view name) {
  std::vector<domain::WaitingJob> announced;
  for (const auto& job : jobs_.jobs()) {
    const bool is_meant = name == domain::Limit::everyone || lane_of(job).name_of(scope) == name;
    if (job.admitted_at && is_meant) announced.push_back(waiting(job));
  }
  return announced;
}

Result<int> MemoryDispatch::backlog(domain::LimitScope scope, std::string_view name, int most) {
  int count = 0;
  for (const auto& job : jobs_.jobs()) {
    if (is_in_line(job) && lane_of(job).name_of(scope) == name) ++count;
  }
  return std::min(count, most);
}

Result<ports::Place> MemoryDispatch::place(const domain::Job& job, int most) {
  ports::Place place;
  std::set<std::string> users;
  for (const auto& other : jobs_.jobs()) {
    if (!is_due(other, jobs_.now())) continue;
    users.insert(other.user_id);
    if (!is_before(other, job)) continue;
    if (lane_of(other) == lane_of(job)) ++place.ahead_in_lane;
    if (other.user_id == job.user_id) ++place.ahead_of_user;
  }
  place.users_in_line = static_cast<int>(users.size());
  for (auto* count : {&place.ahead_in_lane, &place.ahead_of_user, &place.users_in_line})
    *count = std::min(*count, most);
  return place;
}

Result<void> MemoryDispatch::put_limit(const domain::Limit& limit) {
  const std::lock_guard lock(mutex_);
  limits_[{limit.scope, limit.name}] = limit;
  return {};
}

Result<void> MemoryDispatch::remove_limit(domain::LimitScope scope, std::string_view name) {
  const std::lock_guard lock(mutex_);
  if (limits_.erase({scope, std::string(name)}) > 0) return {};
  return fail(Errc::not_found, "no such limit");
}

Result<std::vector<domain::Limit>> MemoryDispatch::limits() {
  const std::lock_guard lock(mutex_);
  std::vector<domain::Limit> limits;
  for (const auto& [key, limit] : limits_)
    limits.push_back(limit);
  std::ranges::sort(
      limits, {}, [](const auto& limit) { return std::pair(to_string(limit.scope), limit.name); });
  return limits;
}

Result<domain::Buckets> MemoryDispatch::buckets() {
  const std::lock_guard lock(mutex_);
  return buckets_;
}

Result<void> MemoryDispatch::put_buckets(const domain::Buckets& buckets) {
  const std::lock_guard lock(mutex_);
  for (const auto& [key, bucket] : buckets)
    buckets_[key] = bucket;
  return {};
}

Result<void> MemoryDispatch::report(const ports::WorkerReport& worker) {
  const std::lock_guard lock(mutex_);
  workers_[worker.worker_id] = {.report = worker, .seen_at = jobs_.now()};
  return {};
}

Result<void> MemoryDispatch::forget(std::string_view worker_id) {
  const std::lock_guard lock(mutex_);
  workers_.erase(std::string(worker_id));
  return {};
}

Result<std::vector<ports::WorkerState>> MemoryDispatch::workers() {
  const std::lock_guard lock(mutex_);
  std::vector<ports::WorkerState> workers;
  for (const auto& [id, worker] : workers_) {
    if (worker.seen_at + ports::worker_ttl > jobs_.now()) workers.push_back(worker);
  }
  return workers;
}

}  // namespace trainyard::memory_store

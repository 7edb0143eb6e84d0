#include "worker/runner/lease_table.hpp"

namespace trainyard::runner {
namespace {

constexpr std::size_t cancels_max = 1'000;

}  // namespace

LeaseTable::Held* LeaseTable::find(JobId job, std::int64_t fence) {
  const auto found = held_.find(job);
  return found == held_.end() || found->second.fence != fence ? nullptr : &found->second;
}

bool LeaseTable::add(const domain::Job& job, Boottime since, std::chrono::milliseconds length) {
  Held held{.fence = job.fence,
            .until = since + length,
            .length = length,
            .identity = {.job_id = job.id,
                         .batch_id = job.batch_id,
                         .user_id = job.user_id,
                         .segment_id = job.segment_id,
                         .model = job.model,
                         .correlation_id = job.correlation_id,
                         .fence = job.fence}};
  const std::lock_guard lock(mutex_);
  const bool is_new = held_.insert_or_assign(job.id, std::move(held)).second;
  if (held_.size() == 1) changed_.notify_all();
  return is_new;
}

bool LeaseTable::remove(JobId job, std::int64_t fence) {
  const std::lock_guard lock(mutex_);
  if (!find(job, fence)) return false;
  held_.erase(job);
  if (held_.empty()) changed_.notify_all();
  return true;
}

std::optional<Boottime> LeaseTable::extend(JobId job, std::int64_t fence, Boottime since) {
  const std::lock_guard lock(mutex_);
  auto* held = find(job, fence);
  if (!held) return std::nullopt;
  return held->until = since + held->length;
}

std::chrono::milliseconds LeaseTable::shortest(std::chrono::milliseconds otherwise) const {
  const std::lock_guard lock(mutex_);
  auto shortest = otherwise;
  for (const auto& [job, held] : held_)
    shortest = std::min(shortest, held.length);
  return shortest;
}

int LeaseTable::size() const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(held_.size());
}

bool LeaseTable::begin_end(JobId job, std::int64_t fence) {
  const std::lock_guard lock(mutex_);
  auto* held = find(job, fence);
  return held && !std::exchange(held->ending, true);
}

bool LeaseTable::holds(JobId job, std::int64_t fence, Boottime now) const {
  const std::lock_guard lock(mutex_);
  const auto found = held_.find(job);
  return found != held_.end() && found->second.fence == fence && found->second.until > now;
}

std::vector<ports::LeaseRef> LeaseTable::refs() const {
  std::vector<ports::LeaseRef> refs;
  const std::lock_guard lock(mutex_);
  refs.reserve(held_.size());
  for (const auto& [job, held] : held_)
    refs.push_back({job, held.fence});
  return refs;
}

std::optional<std::int64_t> LeaseTable::fence_of(JobId job) const {
  const std::lock_guard lock(mutex_);
  const auto found = held_.find(job);
  if (found == held_.end()) return std::nullopt;
  return found->second.fence;
}

std::vector<ports::LeaseRef> LeaseTable::take_expired(Boottime now) {
  std::vector<ports::LeaseRef> expired;
  const std::lock_guard lock(mutex_);
  std::erase_if(held_, [&](const auto& entry) {
    if (entry.second.until > now) return false;
    expired.push_back({entry.first, entry.second.fence});
    return true;
  });
  if (!expired.empty() && held_.empty()) changed_.notify_all();
  return expired;
}

std::optional<wire::JobProgress> LeaseTable::next_progress(JobId job, std::int64_t fence) {
  const std::lock_guard lock(mutex_);
  auto* held = find(job, fence);
  if (!held || held->ending) return std::nullopt;
  ++held->identity.n;
  return held->identity;
}

void LeaseTable::note_cancel(JobId job) {
  const std::lock_guard lock(mutex_);
  if (cancels_.size() >= cancels_max) cancels_.pop_front();
  cancels_.push_back(job);
}

bool LeaseTable::take_cancel(JobId job) {
  const std::lock_guard lock(mutex_);
  return std::erase(cancels_, job) > 0;
}

bool LeaseTable::await_any(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  return changed_.wait(lock, stop, [this] { return !held_.empty(); });
}

bool LeaseTable::await_any(std::stop_token stop, std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, stop, timeout, [this] { return !held_.empty(); });
}

bool LeaseTable::await_none(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, timeout, [this] { return held_.empty(); });
}

}  // namespace trainyard::runner

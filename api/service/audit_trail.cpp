#include "api/service/audit_trail.hpp"

#include "common/runtime/outage.hpp"

#include <algorithm>
#include <iterator>

namespace trainyard::service {
namespace {

constexpr std::chrono::hours forget_every{1};
constexpr runtime::Backoff pauses{.first = milliseconds(200), .last = milliseconds(5'000)};

}  // namespace

AuditTrail::AuditTrail(log::Log log, ports::AccessStore& store, const Clock& clock, Options options)
    : log_(std::move(log)), store_(store), clock_(clock), options_(options) {
  thread_ = std::thread([this] { run(); });
}

AuditTrail::~AuditTrail() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void AuditTrail::record(ports::AuditEntry entry) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() < options_.waiting_max) {
      waiting_.push_back(std::move(entry));
      if (waiting_.size() == 1 || waiting_.size() == options_.set_max) wake_.notify_one();
      return;
    }
  }
  write_to_log(entry);
}

void AuditTrail::run() {
  runtime::Outage outage(log_, "the audit log", pauses);
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait_for(lock, forget_every, [this] { return stopping_ || !waiting_.empty(); });
    // More come in the meantime, and share the transaction.
    wake_.wait_for(lock, options_.gather,
                   [this] { return stopping_ || waiting_.size() >= options_.set_max; });
    const auto count = std::min(waiting_.size(), options_.set_max);
    const std::vector<ports::AuditEntry> set(waiting_.begin(), waiting_.begin() + count);
    const bool last = stopping_;
    lock.unlock();
    const auto appended = store_.append_audit(set);
    if (appended) {
      outage.over();
      forget_old();
    }
    lock.lock();
    if (appended) {
      waiting_.erase(waiting_.begin(), waiting_.begin() + count);
      if (last && waiting_.empty()) return;
    } else if (last) {
      break;
    } else {
      wake_.wait_for(lock, outage.failed(appended.error()), [this] { return stopping_; });
    }
  }
  for (const auto& entry : waiting_)
    write_to_log(entry);
}

void AuditTrail::forget_old() {
  const auto now = std::chrono::steady_clock::now();
  if (now < forget_at_) return;
  forget_at_ = now + forget_every;
  const auto wall = clock_.now();
  const auto done = store_.forget({.audit_before = wall - options_.keep, .sessions_before = wall});
  if (!done) log_.warn("old audit entries stay for now", {{"error", done.error()}});
}

void AuditTrail::write_to_log(const ports::AuditEntry& entry) const {
  log_.error("audit entry not stored", {{"at", to_iso8601(entry.at)},
                                        {"user_id", entry.user_id},
                                        {"key_id", entry.key_id},
                                        {"action", entry.action},
                                        {"record", entry.record},
                                        {"status", entry.status},
                                        {"client", entry.client},
                                        {"correlation_id", entry.correlation_id}});
}

}  // namespace trainyard::service

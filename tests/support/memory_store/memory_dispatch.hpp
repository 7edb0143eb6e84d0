#pragma once

#include "common/ports/dispatch_store.hpp"
#include "tests/support/memory_store/memory_store.hpp"

#include <map>
#include <mutex>

namespace trainyard::memory_store {

// The line of a MemoryStore. Thread-safe.
class MemoryDispatch final : public ports::DispatchStore {
 public:
  explicit MemoryDispatch(MemoryStore& jobs) : jobs_(jobs) {}

  Result<void> alone(const std::function<Result<void>()>& work) override;
  Result<ports::Capacity> capacity() override;
  Result<ports::Line> line(int limit) override;
  Result<std::vector<domain::WaitingJob>> announced(domain::LimitScope scope,
                                                    std::string_view name) override;
  Result<int> backlog(domain::LimitScope scope, std::string_view name, int most) override;
  Result<ports::Place> place(const domain::Job& waiting, int most) override;

  Result<void> put_limit(const domain::Limit& limit) override;
  Result<void> remove_limit(domain::LimitScope scope, std::string_view name) override;
  Result<std::vector<domain::Limit>> limits() override;
  Result<domain::Buckets> buckets() override;
  Result<void> put_buckets(const domain::Buckets& buckets) override;

  Result<void> report(const ports::WorkerReport& worker) override;
  Result<void> forget(std::string_view worker_id) override;
  Result<std::vector<ports::WorkerState>> workers() override;

 private:
  MemoryStore& jobs_;
  std::mutex line_;
  std::mutex mutex_;  // guards the rest
  std::map<domain::BucketKey, domain::Limit> limits_;
  domain::Buckets buckets_;
  std::map<std::string, ports::WorkerState> workers_;
};

}  // namespace trainyard::memory_store

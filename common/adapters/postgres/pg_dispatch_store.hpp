#pragma once

#include "common/adapters/postgres/database.hpp"
#include "common/ports/dispatch_store.hpp"

#include <memory>

namespace trainyard::postgres {

// DispatchStore over PostgreSQL: an advisory lock lets one dispatcher at a time announce jobs.
class PgDispatchStore final : public ports::DispatchStore {
 public:
  explicit PgDispatchStore(std::shared_ptr<Database> database) : database_(std::move(database)) {}

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
  std::shared_ptr<Database> database_;
};

}  // namespace trainyard::postgres

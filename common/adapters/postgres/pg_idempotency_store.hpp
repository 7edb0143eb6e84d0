#pragma once

#include "common/adapters/postgres/database.hpp"
#include "common/ports/idempotency_store.hpp"

#include <memory>

namespace trainyard::postgres {

class PgIdempotencyStore final : public ports::IdempotencyStore {
 public:
  explicit PgIdempotencyStore(std::shared_ptr<Database> database)
      : database_(std::move(database)) {}

  Result<Begun> begin(const ports::RequestKey& key, const std::string& fingerprint,
                      const Uuid& seed) override;
  Result<void> keep(const ports::RequestKey& key, const ports::KeptAnswer& answer) override;
  Result<void> forget(const ports::RequestKey& key) override;
  Result<int> expire(milliseconds age, int limit) override;

 private:
  std::shared_ptr<Database> database_;
};

}  // namespace trainyard::postgres

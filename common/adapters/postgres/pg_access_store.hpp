#pragma once

#include "common/adapters/postgres/database.hpp"
#include "common/ports/access_store.hpp"

#include <memory>

namespace trainyard::postgres {

// AccessStore in the database of the job store.
class PgAccessStore final : public ports::AccessStore {
 public:
  explicit PgAccessStore(std::shared_ptr<Database> database) : database_(std::move(database)) {}

  Result<void> add_key(const ports::ApiKey& key) override;
  Result<ports::ApiKey> find_key(std::string_view id) override;
  Result<std::vector<ports::ApiKey>> list_keys(const ports::KeyFilter& filter) override;
  Result<ports::ApiKey> revoke_key(std::string_view id, TimePoint at) override;
  Result<void> record_use(std::string_view id, TimePoint at) override;

  Result<void> append_audit(std::span<const ports::AuditEntry> entries) override;
  Result<ports::AuditPage> list_audit(const ports::AuditFilter& filter) override;

  Result<void> forget(const ports::Forget& what) override;

 private:
  std::shared_ptr<Database> database_;
};

}  // namespace trainyard::postgres

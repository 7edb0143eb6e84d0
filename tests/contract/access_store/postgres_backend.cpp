#include "common/adapters/postgres/postgres_store.hpp"
#include "tests/contract/access_store/access_store_contract.hpp"
#include "tests/support/postgres/test_schema.hpp"

#include <fmt/format.h>

namespace trainyard::ports {
namespace {

class PostgresHarness final : public AccessStoreHarness {
 public:
  explicit PostgresHarness(tests::TestSchema schema) : schema_(std::move(schema)) {}

  Result<std::unique_ptr<AccessStore>> open() override {
    TRY_DO(postgres::migrate(schema_.uri()));
    TRY(auto database, postgres::open_database({.uri = schema_.uri()}));
    return postgres::make_access_store(std::move(database));
  }

 private:
  tests::TestSchema schema_;
};

INSTANTIATE_TEST_SUITE_P(Postgres, AccessStoreContract,
                         ::testing::Values(AccessBackend{
                             .name = "Postgres",
                             .make = [] -> Result<std::unique_ptr<AccessStoreHarness>> {
                               TRY(auto schema, tests::TestSchema::make());
                               return std::make_unique<PostgresHarness>(std::move(schema));
                             }}),
                         [](const auto& named) { return named.param.name; });

}  // namespace
}  // namespace trainyard::ports

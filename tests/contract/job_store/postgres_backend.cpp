#include "common/adapters/postgres/postgres_store.hpp"
#include "tests/contract/job_store/job_store_contract.hpp"
#include "tests/support/postgres/test_schema.hpp"

#include <fmt/format.h>

#include <atomic>
#include <cstdlib>
#include <unistd.h>

namespace trainyard::ports {
namespace {

class PostgresHarness final : public StoreHarness {
 public:
  explicit PostgresHarness(tests::TestSchema schema) : schema_(std::move(schema)) {}

  Result<std::unique_ptr<JobStore>> open() override {
    TRY_DO(postgres::migrate(schema_.uri()));
    return postgres::open_postgres_store({.uri = schema_.uri()});
  }

 private:
  tests::TestSchema schema_;
};

INSTANTIATE_TEST_SUITE_P(Postgres, JobStoreContract,
                         ::testing::Values(Backend{
                             .name = "Postgres",
                             .make = [] -> Result<std::unique_ptr<StoreHarness>> {
                               TRY(auto schema, tests::TestSchema::make());
                               return std::make_unique<PostgresHarness>(std::move(schema));
                             }}),
                         [](const auto& named) { return named.param.name; });

}  // namespace
}  // namespace trainyard::ports

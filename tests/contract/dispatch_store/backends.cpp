#include "common/adapters/postgres/postgres_store.hpp"
#include "common/adapters/sqlite/sqlite_store.hpp"
#include "tests/contract/dispatch_store/dispatch_store_contract.hpp"
#include "tests/support/memory_store/memory_dispatch.hpp"
#include "tests/support/postgres/test_schema.hpp"
#include "tests/support/test_folder.hpp"

namespace trainyard::ports {
namespace {

Result<Stores> in_sqlite() {
  const auto folder = std::make_shared<tests::TestFolder>();
  TRY(const auto database, sqlite::open_database({.path = folder->path() / "jobs.db"}));
  return Stores{.place = folder,
                .jobs = sqlite::make_job_store(database),
                .line = sqlite::make_dispatch_store(database)};
}

Result<Stores> in_postgres() {
  TRY(auto made, tests::TestSchema::make());
  const auto schema = std::make_shared<tests::TestSchema>(std::move(made));
  TRY_DO(postgres::migrate(schema->uri()));
  TRY(const auto database, postgres::open_database({.uri = schema->uri()}));
  return Stores{.place = schema,
                .jobs = postgres::make_job_store(database),
                .line = postgres::make_dispatch_store(database)};
}

Result<Stores> in_memory() {
  auto jobs = std::make_unique<memory_store::MemoryStore>();
  auto line = std::make_unique<memory_store::MemoryDispatch>(*jobs);
  return Stores{.place = {}, .jobs = std::move(jobs), .line = std::move(line)};
}

INSTANTIATE_TEST_SUITE_P(Sqlite, DispatchStoreContract,
                         ::testing::Values(DispatchBackend{.name = "Sqlite", .make = in_sqlite}),
                         [](const auto& named) { return named.param.name; });
INSTANTIATE_TEST_SUITE_P(Postgres, DispatchStoreContract,
                         ::testing::Values(DispatchBackend{.name = "Postgres",
                                                           .make = in_postgres}),
                         [](const auto& named) { return named.param.name; });
INSTANTIATE_TEST_SUITE_P(Memory, DispatchStoreContract,
                         ::testing::Values(DispatchBackend{.name = "Memory", .make = in_memory}),
                         [](const auto& named) { return named.param.name; });

}  // namespace
}  // namespace trainyard::ports

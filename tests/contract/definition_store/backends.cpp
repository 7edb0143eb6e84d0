#include "common/adapters/postgres/postgres_store.hpp"
#include "common/adapters/sqlite/sqlite_store.hpp"
#include "tests/contract/definition_store/definition_store_contract.hpp"
#include "tests/support/postgres/test_schema.hpp"
#include "tests/support/test_folder.hpp"

namespace trainyard::ports {
namespace {

Result<DefinitionStoreHarness> on_sqlite() {
  const auto folder = std::make_shared<tests::TestFolder>();
  TRY(auto database, sqlite::open_database({.path = folder->path() / "jobs.db"}));
  return DefinitionStoreHarness{.ground = folder,
                                .store = sqlite::make_definition_store(std::move(database))};
}

Result<DefinitionStoreHarness> on_postgres() {
  TRY(auto schema, tests::TestSchema::make());
  const auto kept = std::make_shared<tests::TestSchema>(std::move(schema));
  TRY_DO(postgres::migrate(kept->uri()));
  TRY(auto database, postgres::open_database({.uri = kept->uri()}));
  return DefinitionStoreHarness{.ground = kept,
                                .store = postgres::make_definition_store(std::move(database))};
}

INSTANTIATE_TEST_SUITE_P(Stores, DefinitionStoreContract,
                         ::testing::Values(DefinitionBackend{"Sqlite", on_sqlite},
                                           DefinitionBackend{"Postgres", on_postgres}),
                         [](const auto& named) { return named.param.name; });

}  // namespace
}  // namespace trainyard::ports

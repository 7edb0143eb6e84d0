#include "common/adapters/sqlite/sqlite_store.hpp"
#include "tests/contract/access_store/access_store_contract.hpp"

#include <fmt/format.h>

#include <atomic>
#include <filesystem>
#include <unistd.h>

namespace trainyard::ports {
namespace {

// A database file in a directory of its own, gone with the test.
class SqliteHarness final : public AccessStoreHarness {
 public:
  SqliteHarness() {
    static std::atomic<int> next = 0;
    folder_ = std::filesystem::temp_directory_path() /
              fmt::format("trainyard-access-{}-{}", ::getpid(), next++);
    std::filesystem::create_directories(folder_);
  }
  ~SqliteHarness() override { std::filesystem::remove_all(folder_); }

  Result<std::unique_ptr<AccessStore>> open() override {
    TRY(auto database, sqlite::open_database({.path = folder_ / "trainyard.db"}));
    return sqlite::make_access_store(std::move(database));
  }

 private:
  std::filesystem::path folder_;
};

INSTANTIATE_TEST_SUITE_P(Sqlite, AccessStoreContract,
                         ::testing::Values(AccessBackend{
                             .name = "Sqlite",
                             .make = [] -> Result<std::unique_ptr<AccessStoreHarness>> {
                               return std::make_unique<SqliteHarness>();
                             }}),
                         [](const auto& named) { return named.param.name; });

}  // namespace
}  // namespace trainyard::ports

#include "common/adapters/sqlite/sqlite_store.hpp"
#include "tests/contract/job_store/job_store_contract.hpp"

#include <fmt/format.h>

#include <atomic>
#include <filesystem>
#include <unistd.h>

namespace trainyard::ports {
namespace {

// A database file in a directory of its own, gone with the test.
class SqliteHarness final : public StoreHarness {
 public:
  SqliteHarness() {
    static std::atomic<int> next = 0;
    folder_ = std::filesystem::temp_directory_path() /
              fmt::format("trainyard-store-{}-{}", ::getpid(), next++);
    std::filesystem::create_directories(folder_);
  }
  ~SqliteHarness() override { std::filesystem::remove_all(folder_); }

  Result<std::unique_ptr<JobStore>> open() override {
    return sqlite::open_sqlite_store({.path = folder_ / "jobs.db"});
  }

 private:
  std::filesystem::path folder_;
};

INSTANTIATE_TEST_SUITE_P(Sqlite, JobStoreContract,
                         ::testing::Values(Backend{
                             .name = "Sqlite",
                             .make = [] -> Result<std::unique_ptr<StoreHarness>> {
                               return std::make_unique<SqliteHarness>();
                             }}),
                         [](const auto& named) { return named.param.name; });

}  // namespace
}  // namespace trainyard::ports

#include "common/adapters/filesystem/directory_artifact_store.hpp"

#include "tests/contract/artifact_store/artifact_store_contract.hpp"

#include <filesystem>
#include <unistd.h>

namespace trainyard::ports {
namespace {

class DirectoryHarness : public ArtifactStoreHarness {
 public:
  DirectoryHarness() {
    auto pattern = (std::filesystem::temp_directory_path() / "trainyard-artifacts-XXXXXX").string();
    root_ = mkdtemp(pattern.data());
  }
  ~DirectoryHarness() override { std::filesystem::remove_all(root_); }

  std::unique_ptr<ArtifactStore> make() override {
    return filesystem::open_artifact_store(root_ / "store");
  }

 private:
  std::filesystem::path root_;
};

INSTANTIATE_TEST_SUITE_P(Directory, ArtifactStoreContract,
                         testing::Values(ArtifactStoreCase{
                             "Directory", [] { return std::make_unique<DirectoryHarness>(); }}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace trainyard::ports

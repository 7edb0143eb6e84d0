#include "common/adapters/s3/s3_artifact_store.hpp"

#include "tests/contract/artifact_store/artifact_store_contract.hpp"
#include "tests/support/s3/test_bucket.hpp"

namespace trainyard::ports {
namespace {

class S3Harness : public ArtifactStoreHarness {
 public:
  std::unique_ptr<ArtifactStore> make() override {
    return s3::open_artifact_store(std::make_shared<s3::S3Client>(s3::test_options()), root_);
  }

 private:
  const domain::BucketPath root_ = s3::fresh_ground();
};

INSTANTIATE_TEST_SUITE_P(S3, ArtifactStoreContract,
                         testing::Values(ArtifactStoreCase{
                             "S3", [] { return std::make_unique<S3Harness>(); },
                             s3::why_no_server}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace trainyard::ports

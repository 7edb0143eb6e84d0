#include "common/adapters/s3/s3_artifact_store.hpp"

#include "common/domain/artifact_name.hpp"

#include <fmt/format.h>

namespace trainyard::s3 {
namespace {

class S3ArtifactStore final : public ports::ArtifactStore {
 public:
  S3ArtifactStore(std::shared_ptr<S3Client> client, domain::BucketPath root)
      : client_(std::move(client)), root_(std::move(root)) {}

  Result<std::string> put(std::string_view name, std::string_view bytes) override {
    TRY_DO(domain::check_artifact_name(name));
    const auto object = root_ / name;
    TRY_DO(client_->put(object, bytes));
    return object.uri();
  }

  Result<std::string> get(std::string_view name) override {
    TRY_DO(domain::check_artifact_name(name));
    return client_->get(root_ / name);
  }

  Result<void> remove_all(std::string_view prefix) override {
    TRY_DO(domain::check_artifact_name(prefix));
    const auto object = root_ / prefix;
    TRY(const auto below, client_->list({object.bucket, object.key + "/"}));
    std::vector<std::string> keys{object.key};
    for (const auto& each : below)
      keys.push_back(each.key);
    return client_->remove(object.bucket, keys);
  }

 private:
  std::shared_ptr<S3Client> client_;
  domain::BucketPath root_;
};

}  // namespace

std::unique_ptr<ports::ArtifactStore> open_artifact_store(std::shared_ptr<S3Client> client,
                                                          domain::BucketPath root) {
  return std::make_unique<S3ArtifactStore>(std::move(client), std::move(root));
}

}  // namespace trainyard::s3

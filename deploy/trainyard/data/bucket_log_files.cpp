#include "deploy/trainyard/data/bucket_log_files.hpp"

namespace trainyard {
namespace {

class BucketLogFiles final : public delta::LogFiles {
 public:
  BucketLogFiles(std::shared_ptr<s3::S3Client> client, domain::BucketPath folder)
      : client_(std::move(client)), folder_(std::move(folder)) {}

  Result<std::string> read(const std::string& name) override {
    return client_->get(folder_ / name);
  }

  Result<std::vector<std::string>> list() override {
    const domain::BucketPath below{folder_.bucket, folder_.key + "/"};
    TRY(const auto objects, client_->list(below));
    std::vector<std::string> names;
    for (const auto& object : objects)
      names.push_back(object.key.substr(below.key.size()));
    return names;
  }

  // What cannot be asked for is not there: the listing that follows says why.
  bool exists(const std::string& name) override {
    return client_->state(folder_ / name).has_value();
  }

 private:
  std::shared_ptr<s3::S3Client> client_;
  domain::BucketPath folder_;
};

}  // namespace

std::unique_ptr<delta::LogFiles> bucket_log_files(std::shared_ptr<s3::S3Client> client,
                                                  const domain::BucketPath& table) {
  return std::make_unique<BucketLogFiles>(std::move(client), table / "_delta_log");
}

std::unique_ptr<delta::LogFiles> open_log_files(const std::shared_ptr<s3::S3Client>& client,
                                                const std::string& path) {
  const auto bucket = domain::parse_bucket_path(path);
  return bucket ? bucket_log_files(client, *bucket) : delta::local_log_files(path);
}

}  // namespace trainyard

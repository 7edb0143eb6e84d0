#include "deploy/trainyard/roles/storage.hpp"

#include "common/adapters/filesystem/directory_artifact_store.hpp"
#include "common/adapters/s3/s3_artifact_store.hpp"

#include <filesystem>

namespace trainyard {
namespace {

s3::S3Options s3_options(const config::Settings& settings) {
  const auto& s3 = settings.s3;
  return {.endpoint = s3.endpoint,
          .region = s3.region,
          .access_key_id = s3.access_key_id,
          .secret_access_key = s3.secret_access_key,
          .session_token = s3.session_token,
          .ca_file = s3.ca_file};
}

}  // namespace

std::shared_ptr<s3::S3Client> make_s3_client(const config::Settings& settings) {
  return std::make_shared<s3::S3Client>(s3_options(settings));
}

std::shared_ptr<s3::S3Client> make_impatient_s3_client(const config::Settings& settings) {
  auto options = s3_options(settings);
  options.timeout = std::chrono::seconds(5);
  options.retries_max = 1;
  return std::make_shared<s3::S3Client>(std::move(options));
}

std::unique_ptr<ports::ArtifactStore> open_artifacts(const config::Settings& settings,
                                                     std::shared_ptr<s3::S3Client> client) {
  if (settings.s3.artifacts) {
    return s3::open_artifact_store(std::move(client), *settings.s3.artifacts);
  }
  return filesystem::open_artifact_store(std::filesystem::absolute(settings.data_dir) /
                                         "artifacts");
}

}  // namespace trainyard

#pragma once

#include "common/adapters/s3/s3_client.hpp"
#include "common/config/settings.hpp"
#include "common/ports/artifact_store.hpp"

#include <memory>

namespace trainyard {

// For who has nothing else to do than to wait.
std::shared_ptr<s3::S3Client> make_s3_client(const config::Settings& settings);
// For loops, which look again soon and must not keep a shutdown waiting.
std::shared_ptr<s3::S3Client> make_impatient_s3_client(const config::Settings& settings);

// In the bucket of artifact_uri, through `client`, or in the data directory.
std::unique_ptr<ports::ArtifactStore> open_artifacts(const config::Settings& settings,
                                                     std::shared_ptr<s3::S3Client> client);

}  // namespace trainyard

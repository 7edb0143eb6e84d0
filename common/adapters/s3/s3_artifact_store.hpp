#pragma once

#include "common/adapters/s3/s3_client.hpp"
#include "common/ports/artifact_store.hpp"

#include <memory>

namespace trainyard::s3 {

// Artefacts as objects below a prefix of a bucket. URIs are s3://bucket/key. Thread-safe when the
// client is used by this store alone or with others.
std::unique_ptr<ports::ArtifactStore> open_artifact_store(std::shared_ptr<S3Client> client,
                                                          domain::BucketPath root);

}  // namespace trainyard::s3

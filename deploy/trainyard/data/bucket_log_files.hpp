#pragma once

#include "common/adapters/delta/log_files.hpp"
#include "common/adapters/s3/s3_client.hpp"

#include <memory>

namespace trainyard {

// The log of a Delta table in a bucket. A look for one file is one small request.
std::unique_ptr<delta::LogFiles> bucket_log_files(std::shared_ptr<s3::S3Client> client,
                                                  const domain::BucketPath& table);

// The log of the Delta table at `path`, in a bucket or on this machine.
std::unique_ptr<delta::LogFiles> open_log_files(const std::shared_ptr<s3::S3Client>& client,
                                                const std::string& path);

}  // namespace trainyard

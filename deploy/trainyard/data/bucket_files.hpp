#pragma once

#include "common/adapters/filesystem/file_cache.hpp"
#include "common/adapters/s3/s3_client.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

namespace trainyard {

// Objects of buckets as files of this machine, fetched piece by piece into a cache. Thread-safe.
class BucketFiles {
 public:
  BucketFiles(std::shared_ptr<s3::S3Client> client, filesystem::FileCache& cache)
      : client_(std::move(client)), cache_(cache) {}

  using OnPiece = std::function<void()>;  // called before each piece

  // As it is now. Errors: those of the client; too_large: it does not fit the cache.
  Result<std::filesystem::path> fetch(const domain::BucketPath& object, const OnPiece& on_piece,
                                      std::stop_token stop);
  // One that never changes under its name, so that nobody is asked about what is there already.
  Result<std::filesystem::path> fetch_once(const domain::BucketPath& object,
                                           const OnPiece& on_piece, std::stop_token stop);

 private:
  Result<std::filesystem::path> keep(const domain::BucketPath& object, const std::string& identity,
                                     const filesystem::FileCache::Make& make, std::stop_token stop);
  Result<void> download(const domain::BucketPath& object, const s3::ObjectState& state,
                        const std::filesystem::path& into, const OnPiece& on_piece,
                        const std::stop_token& stop) const;

  std::shared_ptr<s3::S3Client> client_;
  filesystem::FileCache& cache_;
};

}  // namespace trainyard

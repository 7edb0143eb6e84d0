#pragma once

#include "common/adapters/s3/s3_connection.hpp"
#include "common/adapters/s3/s3_xml.hpp"
#include "common/base/error.hpp"
#include "common/domain/bucket_path.hpp"

#include <cstdint>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace trainyard::s3 {

// An object as it is now; its tag changes with its content.
struct ObjectState {
  std::int64_t size = 0;
  std::string etag;
};

// Objects of an S3 server. Large ones are written in parts, which count as one when all are there.
// Thread-safe; blocks, and `stop` ends that with cancelled. Errors: those of translate().
class S3Client {
 public:
  explicit S3Client(S3Options options) : connection_(std::move(options)) {}

  Result<ObjectState> state(const domain::BucketPath& object, std::stop_token stop = {});
  Result<std::string> get(const domain::BucketPath& object, std::stop_token stop = {});
  // `count` bytes from `first` on, or what there is of them. conflict: it is no longer `state`.
  Result<std::string> get_range(const domain::BucketPath& object, const ObjectState& state,
                                std::int64_t first, std::int64_t count, std::stop_token stop = {});
  // Appears complete or not at all.
  Result<void> put(const domain::BucketPath& object, std::string_view bytes);
  // Every object whose key starts with `prefix.key`, in the order of their keys.
  Result<std::vector<ListedObject>> list(const domain::BucketPath& prefix,
                                         std::stop_token stop = {});
  // What is not there is no error.
  Result<void> remove(const std::string& bucket, std::span<const std::string> keys);

 private:
  Result<void> put_whole(const domain::BucketPath& object, std::string_view bytes);
  Result<void> put_in_parts(const domain::BucketPath& object, std::string_view bytes);
  Result<std::string> put_part(const domain::BucketPath& object, const std::string& upload,
                               std::size_t number, std::string_view bytes);

  S3Connection connection_;
};

}  // namespace trainyard::s3

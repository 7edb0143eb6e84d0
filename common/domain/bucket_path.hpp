#pragma once

#include "common/base/error.hpp"

#include <string>
#include <string_view>

namespace trainyard::domain {

// Where an object lies in S3, or whatever speaks its protocol. A value.
struct BucketPath {
  std::string bucket;
  std::string key;  // empty: the whole bucket; otherwise without a slash at either end

  // The object `name` below it.
  BucketPath operator/(std::string_view name) const;
  // "s3://bucket/key"
  std::string uri() const;
};

// Whether a path means S3 at all: it starts with s3://, or with s3a:// as Spark says it.
bool is_bucket_path(std::string_view path);

// Slashes at the end of the key are dropped. invalid_argument: no such path, a bucket that is none,
// or a key with control characters or with . or .. among its parts.
Result<BucketPath> parse_bucket_path(std::string_view path);

}  // namespace trainyard::domain

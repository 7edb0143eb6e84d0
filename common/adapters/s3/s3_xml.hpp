#pragma once

#include "common/base/error.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// The few XML documents of S3's REST protocol that are read or written here. corrupt_data: a server
// answered with something else.

namespace trainyard::s3 {

struct ListedObject {
  std::string key;
  std::string etag;
  std::int64_t size = 0;
};

struct ListedPage {
  std::vector<ListedObject> objects;
  std::string next;  // where the next page begins; empty: this was the last
};

struct ServerError {
  std::string code;
  std::string message;
};

Result<ListedPage> parse_list(std::string_view xml);                 // ListObjectsV2
Result<std::string> parse_upload_id(std::string_view xml);           // CreateMultipartUpload
std::string complete_request(std::span<const std::string> etags);    // CompleteMultipartUpload
std::string delete_request(std::span<const std::string> keys);       // DeleteObjects
ServerError parse_error(std::string_view xml);                       // empty when it tells none
std::vector<ServerError> parse_delete_errors(std::string_view xml);  // of single objects

}  // namespace trainyard::s3

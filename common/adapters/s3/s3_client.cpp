#include "common/adapters/s3/s3_client.hpp"

#include "common/adapters/s3/s3_error.hpp"
#include "common/crypto/digest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace trainyard::s3 {
namespace {

using domain::BucketPath;

constexpr std::size_t deleted_at_once_max = 1'000;  // S3's own limit
constexpr std::size_t parts_max = 10'000;           // likewise

std::string header(const S3Response& response, const std::string& name) {
  const auto found = response.headers.find(name);
  return found == response.headers.end() ? std::string() : found->second;
}

// "bytes 0-0/1234" tells 1234.
std::int64_t whole_size(std::string_view content_range) {
  const auto text =
      content_range.substr(std::min(content_range.rfind('/') + 1, content_range.size()));
  std::int64_t size = 0;
  std::from_chars(text.data(), text.data() + text.size(), size);
  return size;
}

std::string range(std::int64_t first, std::int64_t count) {
  return fmt::format("bytes={}-{}", first, first + count - 1);
}

}  // namespace

// A read of one byte rather than a HEAD, whose refusals come without a reason.
Result<ObjectState> S3Client::state(const BucketPath& object, std::stop_token stop) {
  TRY(const auto first,
      connection_.send(
          {.object = object, .headers = {{"Range", range(0, 1)}}, .stop = std::move(stop)}));
  return ObjectState{.size = whole_size(header(first, "content-range")),
                     .etag = header(first, "etag")};
}

Result<std::string> S3Client::get(const BucketPath& object, std::stop_token stop) {
  TRY(auto response, connection_.send({.object = object, .stop = std::move(stop)}));
  return std::move(response.body);
}

Result<std::string> S3Client::get_range(const BucketPath& object, const ObjectState& state,
                                        std::int64_t first, std::int64_t count,
                                        std::stop_token stop) {
  TRY(auto response,
      connection_.send({.object = object,
                        .headers = {{"Range", range(first, count)}, {"If-Match", state.etag}},
                        .stop = std::move(stop)}));
  return std::move(response.body);
}

Result<void> S3Client::put(const BucketPath& object, std::string_view bytes) {
  return bytes.size() > connection_.options().part_bytes ? put_in_parts(object, bytes)
                                                         : put_whole(object, bytes);
}

Result<void> S3Client::put_whole(const BucketPath& object, std::string_view bytes) {
  TRY_DO(connection_.send({.method = "PUT", .object = object, .body = std::string(bytes)}));
  return {};
}

Result<std::string> S3Client::put_part(const BucketPath& object, const std::string& upload,
                                       std::size_t number, std::string_view bytes) {
  TRY(const auto response,
      connection_.send({.method = "PUT",
                        .object = object,
                        .query = {{"partNumber", std::to_string(number)}, {"uploadId", upload}},
                        .body = std::string(bytes)}));
  return header(response, "etag");
}

Result<void> S3Client::put_in_parts(const BucketPath& object, std::string_view bytes) {
  TRY(const auto begun,
      connection_.send({.method = "POST", .object = object, .query = {{"uploads", ""}}}));
  TRY(const auto upload, parse_upload_id(begun.body));
  const auto part_bytes = std::max(connection_.options().part_bytes, bytes.size() / parts_max + 1);
  const auto finish = [&]() -> Result<void> {
    std::vector<std::string> etags;
    for (std::size_t at = 0; at < bytes.size(); at += part_bytes) {
      TRY(auto etag, put_part(object, upload, etags.size() + 1, bytes.substr(at, part_bytes)));
      etags.push_back(std::move(etag));
    }
    TRY(const auto done, connection_.send({.method = "POST",
                                           .object = object,
                                           .query = {{"uploadId", upload}},
                                           .body = complete_request(etags)}));
    // The end of an upload is the one request that may fail after it was answered with success.
    const auto error = parse_error(done.body);
    return error.code.empty() ? Result<void>{} : fail(translate(500, error, object.uri()));
  };
  auto finished = finish();
  if (!finished) {
    std::ignore =
        connection_.send({.method = "DELETE", .object = object, .query = {{"uploadId", upload}}});
  }
  return finished;
}

Result<std::vector<ListedObject>> S3Client::list(const BucketPath& prefix, std::stop_token stop) {
  std::vector<ListedObject> objects;
  S3Request request{.object = {.bucket = prefix.bucket, .key = {}},
                    .query = {{"list-type", "2"}, {"prefix", prefix.key}},
                    .stop = std::move(stop)};
  while (true) {
    TRY(const auto response, connection_.send(request));
    TRY(auto page, parse_list(response.body));
    std::ranges::move(page.objects, std::back_inserter(objects));
    if (page.next.empty()) return objects;
    request.query["continuation-token"] = page.next;
  }
}

Result<void> S3Client::remove(const std::string& bucket, std::span<const std::string> keys) {
  while (!keys.empty()) {
    const auto some = keys.first(std::min(keys.size(), deleted_at_once_max));
    keys = keys.subspan(some.size());
    S3Request request{.method = "POST",
                      .object = {.bucket = bucket, .key = {}},
                      .query = {{"delete", ""}},
                      .body = delete_request(some)};
    request.headers["Content-MD5"] = crypto::content_md5(request.body);
    TRY(const auto response, connection_.send(request));
    const auto errors = parse_delete_errors(response.body);
    if (!errors.empty()) return fail(translate(403, errors.front(), request.object.uri()));
  }
  return {};
}

}  // namespace trainyard::s3

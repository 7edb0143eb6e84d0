#include "common/domain/bucket_path.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

namespace trainyard::domain {
namespace {

constexpr std::string_view schemes[] = {"s3://", "s3a://"};
constexpr std::size_t key_bytes_max = 1'024;

// The rules for names of new buckets, a little wider for those of other servers than Amazon's.
bool is_bucket(std::string_view name) {
  return name.size() >= 3 && name.size() <= 63 &&
         name.find_first_not_of(
             "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") == name.npos &&
         !name.starts_with('.');
}

bool is_key(std::string_view key) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  const auto is_dots = [](auto part) {
    const std::string_view text(part.begin(), part.end());
    return text == "." || text == "..";
  };
  return key.size() <= key_bytes_max && std::ranges::none_of(key, is_control) &&
         std::ranges::none_of(std::views::split(key, '/'), is_dots);
}

std::string_view scheme_of(std::string_view path) {
  const auto* found =
      std::ranges::find_if(schemes, [&](auto scheme) { return path.starts_with(scheme); });
  return found == std::end(schemes) ? std::string_view() : *found;
}

}  // namespace

BucketPath BucketPath::operator/(std::string_view name) const {
  return {bucket, key.empty() ? std::string(name) : fmt::format("{}/{}", key, name)};
}

std::string BucketPath::uri() const {
  return fmt::format("s3://{}/{}", bucket, key);
}

bool is_bucket_path(std::string_view path) {
  return !scheme_of(path).empty();
}

Result<BucketPath> parse_bucket_path(std::string_view path) {
  auto rest = path.substr(scheme_of(path).size());
  const auto slash = std::min(rest.find('/'), rest.size());
  const auto bucket = rest.substr(0, slash);
  auto key = rest.substr(std::min(slash + 1, rest.size()));
  while (key.ends_with('/'))
    key.remove_suffix(1);
  if (is_bucket_path(path) && is_bucket(bucket) && is_key(key) && !key.starts_with('/')) {
    return BucketPath{std::string(bucket), std::string(key)};
  }
  return fail(Error{.code = Errc::invalid_argument,
                    .detail = fmt::format("'{}' names no object in a bucket", path.substr(0, 200)),
                    .hint = "write it as s3://bucket/folder/file",
                    .category = Category::config});
}

}  // namespace trainyard::domain

#include "common/adapters/s3/s3_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace trainyard::s3 {
namespace {

struct Known {
  std::string_view code;  // as the server says it
  Errc errc;
  std::string_view detail;
  std::string_view hint;
  Category category;
};

constexpr std::array known_errors{
    Known{"NoSuchBucket", Errc::not_found, "there is no such bucket",
          "check its name and S3_ENDPOINT", Category::config},
    Known{"NoSuchKey", Errc::not_found, "there is no such object", "check the path",
          Category::data},
    Known{"SignatureDoesNotMatch", Errc::forbidden, "the S3 server does not accept the secret key",
          "check AWS_SECRET_ACCESS_KEY, and that S3_REGION is the bucket's", Category::config},
    Known{"InvalidAccessKeyId", Errc::forbidden, "the S3 server does not know the access key",
          "check AWS_ACCESS_KEY_ID and S3_ENDPOINT", Category::config},
    Known{"XAdminUserNotFound", Errc::forbidden, "the S3 server does not know the access key",
          "check AWS_ACCESS_KEY_ID and S3_ENDPOINT", Category::config},
    Known{"RequestTimeTooSkewed", Errc::unavailable,
          "the clocks of this machine and of the S3 server are too far apart",
          "have this machine's clock set by NTP", Category::cluster},
    Known{"ExpiredToken", Errc::forbidden, "the S3 credentials have expired",
          "set AWS_SESSION_TOKEN and its keys anew", Category::config},
    Known{"InvalidToken", Errc::forbidden, "the S3 server does not accept the session token",
          "check AWS_SESSION_TOKEN; keys that last need none", Category::config},
    Known{"AuthorizationHeaderMalformed", Errc::forbidden,
          "the request is signed for another region", "set S3_REGION to the bucket's",
          Category::config},
    Known{"PermanentRedirect", Errc::forbidden, "the bucket lies in another region",
          "set S3_REGION and S3_ENDPOINT to the bucket's", Category::config},
    Known{"AccessDenied", Errc::forbidden, "the S3 credentials may not do this",
          "give them the right to read, list, write and delete there", Category::config},
};

// What a status alone says; errors of proxies and some servers come without a code.
std::string_view code_of(int status) {
  switch (status) {
    case 301:
    case 307:
      return "PermanentRedirect";
    case 401:
    case 403:
      return "AccessDenied";
    case 404:
      return "NoSuchKey";
    default:
      return "";
  }
}

const Known* find(std::string_view code) {
  const auto* found = std::ranges::find(known_errors, code, &Known::code);
  return found == known_errors.end() ? nullptr : found;
}

}  // namespace

Error translate(int status, const ServerError& error, std::string_view what) {
  const auto* known = find(error.code);
  if (known == nullptr) known = find(code_of(status));
  if (known != nullptr) {
    return {.code = known->errc,
            .detail = fmt::format("{}: {}", what, known->detail),
            .hint = std::string(known->hint),
            .category = known->category};
  }
  const auto said =
      error.code.empty() ? std::string() : fmt::format(": {} ({})", error.message, error.code);
  if (status == 409 || status == 412) {
    return {.code = Errc::conflict, .detail = fmt::format("{} is there or has changed", what)};
  }
  return {.code = is_passing(status) ? Errc::unavailable : Errc::internal,
          .detail = fmt::format("{}: the S3 server answered {}{}", what, status, said)};
}

bool is_passing(int status) {
  return status == 429 || status >= 500;
}

}  // namespace trainyard::s3

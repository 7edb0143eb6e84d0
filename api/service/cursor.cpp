#include "api/service/cursor.hpp"

#include "common/crypto/base64url.hpp"

#include <fmt/format.h>

namespace trainyard::service {

std::string cursor_of(std::string_view list, std::string_view last) {
  return crypto::to_base64url(fmt::format("{}:{}", list, last));
}

Result<std::string> last_of(std::string_view list, std::string_view cursor) {
  const auto text = crypto::from_base64url(cursor);
  const auto prefix = fmt::format("{}:", list);
  if (text && text->starts_with(prefix)) return text->substr(prefix.size());
  return fail(Error{.code = Errc::invalid_argument,
                    .detail = fmt::format("this is no cursor of the list of {}", list),
                    .field = "cursor",
                    .hint = "take next_cursor of the page before, or leave it out"});
}

}  // namespace trainyard::service

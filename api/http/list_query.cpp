#include "api/http/list_query.hpp"

#include "api/service/cursor.hpp"

#include <charconv>

namespace trainyard::http {

std::expected<std::optional<std::string>, Failure> cursor_query(const Request& request,
                                                                std::string_view list) {
  const auto* cursor = request.find_query("cursor");
  if (cursor == nullptr) return std::nullopt;
  auto last = service::last_of(list, *cursor);
  if (!last) return std::unexpected(Failure(400, std::move(last).error()));
  return *std::move(last);
}

std::expected<std::optional<std::int64_t>, Failure> cursor_number_query(const Request& request,
                                                                        std::string_view list) {
  TRY(const auto last, cursor_query(request, list));
  if (!last) return std::nullopt;
  std::int64_t number = 0;
  const auto* end = last->data() + last->size();
  const auto read = std::from_chars(last->data(), end, number);
  if (read.ptr == end && read.ec == std::errc()) return number;
  return bad_request("cursor", "this is no cursor");
}

}  // namespace trainyard::http

#pragma once

#include "api/http/message.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// The parameters that every list takes.

namespace trainyard::http {

// What `cursor` says of this list, or nullopt without one. 400 when it is none of this list's.
std::expected<std::optional<std::string>, Failure> cursor_query(const Request& request,
                                                                std::string_view list);
// The same as a number.
std::expected<std::optional<std::int64_t>, Failure> cursor_number_query(const Request& request,
                                                                        std::string_view list);
// The same as an id.
template <class IdType>
std::expected<std::optional<IdType>, Failure> cursor_id_query(const Request& request,
                                                              std::string_view list) {
  TRY(const auto last, cursor_query(request, list));
  if (!last) return std::nullopt;
  if (const auto id = IdType::parse(*last)) return id;
  return bad_request("cursor", "this is no cursor");
}

}  // namespace trainyard::http

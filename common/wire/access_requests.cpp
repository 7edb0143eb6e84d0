#include "common/wire/access_requests.hpp"

#include "common/wire/parse_json.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trainyard::wire {
namespace {

using nlohmann::json;

constexpr std::size_t text_bytes_max = 128;

bool is_user_character(char c) {
  const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return is_letter || (c >= '0' && c <= '9') || std::string_view("._@+-").contains(c);
}

Result<std::string> text_of(const std::string& key, const json& value) {
  if (value.is_string()) return value.get<std::string>();
  return wrong(key, fmt::format("{} must be text", key));
}

Result<void> take(KeyRequest& request, const std::string& key, const json& value) {
  if (key == "user") {
    TRY(request.user_id, text_of(key, value));
  } else if (key == "name") {
    TRY(request.name, text_of(key, value));
  } else if (key == "role") {
    TRY(const auto name, text_of(key, value));
    const auto role = domain::role_from(name);
    if (!role) {
      return wrong(key, fmt::format("'{}' is not a role", name), "viewer, member or admin");
    }
    request.role = *role;
  } else if (key == "expires_in_days") {
    const bool fits = value.is_number_integer() && value >= 1 && value <= key_days_max;
    if (!fits) return wrong(key, fmt::format("not a whole number from 1 to {}", key_days_max));
    request.expires_in_days = value.get<int>();
  } else {
    return wrong(key, fmt::format("unknown key '{}'", key),
                 "known here: user, role, name, expires_in_days");
  }
  return {};
}

}  // namespace

Result<KeyRequest> parse_key_request(std::string_view body) {
  TRY(const json tree, parse_object(body));
  KeyRequest request;
  for (const auto& [key, value] : tree.items())
    TRY_DO(take(request, key, value));
  TRY_DO(check_key_request(request));
  return request;
}

Result<void> check_key_request(const KeyRequest& request) {
  const auto& user = request.user_id;
  if (user.empty() || user.size() > text_bytes_max ||
      !std::ranges::all_of(user, is_user_character)) {
    return wrong("user", "a user is named by 1 to 128 letters, digits and . _ @ + -",
                 "e.g. ada@example.com");
  }
  if (request.name.size() > text_bytes_max) return wrong("name", "longer than 128 bytes");
  const auto days = request.expires_in_days.value_or(1);
  if (days >= 1 && days <= key_days_max) return {};
  return wrong("expires_in_days", fmt::format("not a whole number from 1 to {}", key_days_max));
}

}  // namespace trainyard::wire

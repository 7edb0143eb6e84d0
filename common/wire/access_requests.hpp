#pragma once

#include "common/base/error.hpp"
#include "common/domain/access.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace trainyard::wire {

inline constexpr int key_days_max = 3'650;

struct KeyRequest {
  std::string user_id;
  std::string name;  // what it is for
  domain::Role role = domain::Role::member;
  std::optional<int> expires_in_days;
};

// {"user", "role"?, "name"?, "expires_in_days"?}. Pure; errors as those of api_requests.hpp.
Result<KeyRequest> parse_key_request(std::string_view body);

// The same checks for a request that came as flags.
Result<void> check_key_request(const KeyRequest& request);

}  // namespace trainyard::wire

#pragma once

#include <optional>
#include <string_view>

namespace trainyard::domain {

// What somebody may do, each including what stands before it: a viewer reads its user's records, a
// member changes them too, an admin does so with everybody's and hands out keys.
enum class Role { viewer, member, admin };

std::string_view to_string(Role role);
std::optional<Role> role_from(std::string_view name);

// A session is a key that a browser got for another credential; it always expires.
enum class KeyKind { key, session };

std::string_view to_string(KeyKind kind);
std::optional<KeyKind> key_kind_from(std::string_view name);

}  // namespace trainyard::domain

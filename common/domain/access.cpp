#include "common/domain/access.hpp"

#include <utility>

namespace trainyard::domain {

std::string_view to_string(Role role) {
  switch (role) {
    case Role::viewer:
      return "viewer";
    case Role::member:
      return "member";
    case Role::admin:
      return "admin";
  }
  std::unreachable();
}

std::optional<Role> role_from(std::string_view name) {
  for (const auto role : {Role::viewer, Role::member, Role::admin}) {
    if (to_string(role) == name) return role;
  }
  return std::nullopt;
}

std::string_view to_string(KeyKind kind) {
  switch (kind) {
    case KeyKind::key:
      return "key";
    case KeyKind::session:
      return "session";
  }
  std::unreachable();
}

std::optional<KeyKind> key_kind_from(std::string_view name) {
  for (const auto kind : {KeyKind::key, KeyKind::session}) {
    if (to_string(kind) == name) return kind;
  }
  return std::nullopt;
}

}  // namespace trainyard::domain

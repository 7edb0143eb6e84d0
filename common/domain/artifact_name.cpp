#include "common/domain/artifact_name.hpp"

#include <fmt/format.h>

namespace trainyard::domain {
namespace {

constexpr std::size_t name_bytes_max = 1'000;
constexpr std::size_t part_bytes_max = 200;

bool is_safe_part(std::string_view part) {
  if (part.empty() || part.size() > part_bytes_max || part.starts_with('.')) return false;
  return part.find_first_not_of(
             "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") == part.npos;
}

}  // namespace

Result<void> check_artifact_name(std::string_view name) {
  auto rest = name;
  bool is_safe = name.size() <= name_bytes_max;
  while (is_safe) {
    const auto slash = rest.find('/');
    is_safe = is_safe_part(rest.substr(0, slash));
    if (slash == std::string_view::npos) break;
    rest.remove_prefix(slash + 1);
  }
  if (is_safe) return {};
  return fail(Errc::invalid_argument,
              fmt::format("'{}' is not an artefact name: it must be parts of [A-Za-z0-9._-], none "
                          "starting with a dot, between slashes",
                          name.substr(0, 100)));
}

}  // namespace trainyard::domain

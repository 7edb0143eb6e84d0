#include "common/base/line_level.hpp"

#include <algorithm>
#include <array>

namespace trainyard {
namespace {

constexpr std::array<std::string_view, 4> names{"info", "warning", "error", "output"};

}  // namespace

std::string_view to_string(LineLevel level) {
  return names[static_cast<std::size_t>(level)];
}

std::optional<LineLevel> line_level_from(std::string_view name) {
  const auto* found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<LineLevel>(found - names.begin());
}

}  // namespace trainyard

#pragma once

#include <optional>
#include <string_view>

namespace trainyard {

// What kind of line a job wrote: the training's own word, or what came out of its process unasked
// (standard output and error of it and of the libraries in it).
enum class LineLevel { info, warning, error, output };

std::string_view to_string(LineLevel level);
std::optional<LineLevel> line_level_from(std::string_view name);

}  // namespace trainyard

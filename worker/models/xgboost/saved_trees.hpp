#pragma once

#include <cstddef>
#include <string_view>

namespace trainyard::models {

// Whether the text is a gradient-boosted tree model in XGBoost's JSON whose every tree can be
// walked for a row of `columns` features: all indices exist and children come after their parent.
// The library does not look before it follows them. Pure.
bool are_sound_trees(std::string_view text, std::size_t columns);

}  // namespace trainyard::models

#pragma once

#include "tests/fuzz/byte_source.hpp"

#include <string>
#include <string_view>

namespace trainyard::fuzz {

// Hyperparameters that the model mostly takes, as JSON; nothing for some bytes.
std::string made_up_settings(std::string_view model, ByteSource& bytes);

}  // namespace trainyard::fuzz

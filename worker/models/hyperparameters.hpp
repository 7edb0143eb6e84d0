#pragma once

#include "common/base/error.hpp"

#include <map>
#include <span>
#include <string>
#include <string_view>

// A model's settings as a user wrote them: one JSON object of numbers. Hides the parser.

namespace trainyard::models {

// A setting that a model takes, with its bounds (both included).
struct Setting {
  std::string_view name;
  double fallback = 0.0;
  double min = 0.0;
  double max = 0.0;
};

// Every setting's value by name, the fallback where the text names none. Errc::invalid_argument,
// category config, for text that is no JSON object, an unknown name (lists those that exist), a
// value that is no number or out of bounds. Empty text is an empty object.
Result<std::map<std::string, double, std::less<>>> read_hyperparameters(
    std::string_view model, std::string_view text, std::span<const Setting> settings);

}  // namespace trainyard::models
